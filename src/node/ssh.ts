/**
 * Commands on another machine, by the system's own ssh: the person's keys, agent, aliases and jump hosts are its
 * business. Nothing here ever asks anybody anything.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JetonError } from '../core/errors.ts';
import type { Target } from '../core/export/target.ts';
import { scrub } from '../core/scrub.ts';
import type { CommandOptions, CommandOutcome, OnLine, OutputStream, RunCommand } from './run-command.ts';
import { runCommand } from './run-command.ts';
import {
  type HostKey,
  knownHostsFile,
  parseHostKey,
  pinnedHostKey,
  readHostKeys,
  sshFolder,
} from './ssh-host-key.ts';

export type SshDestination = NonNullable<Target['ssh']>;

export interface SshOptions {
  readonly ssh: SshDestination;
  /** Jeton's, for the host keys that were accepted and the sockets of connections. */
  readonly home: string;
  /** Runs `ssh` itself. */
  readonly run?: RunCommand;
}

/** Runs texts of POSIX sh. Their arguments are for everybody there to see, their input is not. */
export interface Shell {
  script(text: string, args: readonly string[], input?: Buffer): Promise<ScriptOutcome>;
  /** As {@link script}, for what is tidied up in the end: soon given up where the script before it was lost. */
  tidyUp(text: string, args: readonly string[]): Promise<ScriptOutcome>;
}

/** What a script on the other machine came to. */
export type ScriptOutcome = Extract<CommandOutcome, { readonly kind: 'ended' }>;

/** For anything but a restart, however many commands that takes; with what it takes to end ssh, less than 30 s. */
export const SSH_LIMIT_MS = 25_000;
/** For ending a connection, and for tidying up behind one that was lost. */
const HURRY_MS = 2_000;
/** For how long a connection outlives its last use, in seconds: whatever becomes of us, it ends by itself. */
const PERSIST_SECONDS = 10;
/** What `sun_path` holds on macOS, less the 17 characters that ssh adds while it makes the socket. */
const LONGEST_SOCKET_PATH = 103 - 17;
const LONGEST_REASON = 300;

/** The last line before the output proper, on either stream: a login shell's start-up files may print whatever they like. */
const BEGIN = '--- jeton ---';

/**
 * These go before the person's own ssh_config. No prompt, no forwarding, no terminal, nothing learnt; a machine
 * that stays silent is given up after 10 s, before and after it is connected.
 */
const FIXED_SETTINGS = {
  BatchMode: 'yes',
  NumberOfPasswordPrompts: '0',
  StrictHostKeyChecking: 'yes',
  CheckHostIP: 'no',
  UpdateHostKeys: 'no',
  FingerprintHash: 'sha256',
  ConnectTimeout: '10',
  ConnectionAttempts: '1',
  ServerAliveInterval: '5',
  ServerAliveCountMax: '2',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ClearAllForwardings: 'yes',
  PermitLocalCommand: 'no',
  RemoteCommand: 'none',
  LogLevel: 'ERROR',
} as const;

/**
 * A machine reached by ssh. Its methods throw `ssh-missing`, `ssh-unreachable`, `ssh-too-slow`, `ssh-auth-refused`,
 * `ssh-host-key-unknown` and `ssh-host-key-changed`.
 */
export class Ssh {
  readonly #ssh: SshDestination;
  readonly #home: string;
  readonly #runLocally: RunCommand;
  /** Windows' ssh has no way to share a connection. */
  readonly #socketName = process.platform === 'win32' ? undefined : randomBytes(4).toString('hex');
  #isUsed = false;
  /** Between the beginning of a script and its end. */
  #isLost = false;

  constructor({ ssh, home, run = runCommand }: SshOptions) {
    this.#ssh = ssh;
    this.#home = home;
    this.#runLocally = run;
  }

  /**
   * As {@link runCommand}, over there. A command that is given up here may go on there. An exit code of 255 is
   * shown as 254.
   */
  readonly run: RunCommand = async (argv, { cwd = '', ...options }) => {
    const outcome = await this.#shell(RUN_SCRIPT, [cwd, ...argv], options);
    return outcome.kind === 'ended' && outcome.exitCode === NOT_FOUND ? { kind: 'missing' } : outcome;
  };

  /**
   * Scripts that are one piece of work: they have {@link SSH_LIMIT_MS} together, after which the next of them throws
   * `ssh-too-slow`, as does the one that is running; if that is the first, the machine counts as out of reach.
   */
  within<T>(work: (shell: Shell) => Promise<T>): Promise<T> {
    const until = performance.now() + SSH_LIMIT_MS;
    const left = (): number => Math.max(0, until - performance.now());
    const isOver = (): boolean => left() === 0;
    let hasAnswered = false;
    const tooSlow = (): JetonError =>
      new JetonError('ssh-too-slow', { host: this.#ssh.destination, seconds: SSH_LIMIT_MS / 1000 });
    return work({
      script: async (text, args, input) => {
        if (isOver()) throw tooSlow();
        const outcome = await this.#script(text, args, { timeoutMs: left(), input }).catch((cause) => {
          throw hasAnswered && isOver() ? tooSlow() : cause;
        });
        hasAnswered = true;
        return outcome;
      },
      tidyUp: (text, args) => {
        const timeoutMs = this.#isLost ? HURRY_MS : Math.max(HURRY_MS, left());
        return this.#script(text, args, { timeoutMs });
      },
    });
  }

  /** The key that the machine shows of itself, whoever knows it. For a person to compare before it is accepted. */
  async hostKey(): Promise<HostKey> {
    const file = join(await sshFolder(this.#home), `seen-${randomBytes(6).toString('hex')}`);
    // By ssh itself, because ssh-keyscan knows nothing of aliases and jump hosts.
    const settings = {
      StrictHostKeyChecking: 'accept-new',
      UserKnownHostsFile: quoted(file),
      GlobalKnownHostsFile: 'none',
      HashKnownHosts: 'no',
      PreferredAuthentications: 'none',
      ControlPath: 'none',
    };
    try {
      const { stderr } = this.#ended(await this.#connect(settings, 'true', { timeoutMs: SSH_LIMIT_MS }));
      const [key] = await readHostKeys(file);
      if (key === undefined) throw this.#unreachable(stderr);
      return key;
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Ends the connection, if there is one. */
  async dispose(): Promise<void> {
    if (!this.#isUsed) return;
    this.#isUsed = false;
    const socket = this.#socket(await sshFolder(this.#home));
    if (socket === undefined) return;
    const argv = ['ssh', '-O', 'exit', ...this.#arguments({ ControlPath: quoted(socket) })];
    await this.#runLocally(argv, { timeoutMs: HURRY_MS });
  }

  async #script(text: string, args: readonly string[], options: CommandOptions): Promise<ScriptOutcome> {
    this.#isLost = true;
    const outcome = this.#ended(await this.#shell(text, args, { ...options, env: { LC_ALL: 'C' } }));
    this.#isLost = false;
    return outcome;
  }

  async #shell(
    script: string,
    args: readonly string[],
    { env = {}, onLine, ...options }: CommandOptions,
  ): Promise<CommandOutcome> {
    const variables = Object.entries(env).map(([name, value]) => `export ${name}=${quotedForShell(value)}\n`);
    const sayBegin = `printf '%s\\n' ${quotedForShell(BEGIN)}`;
    const text = `${sayBegin} >&2\n${sayBegin}\n${variables.join('')}${script}`;
    const command = ['sh', '-c', text, 'jeton', ...args].map(quotedForShell).join(' ');
    const folder = await sshFolder(this.#home);
    const settings = { ...this.#knownHosts(folder), ...this.#sharing(folder) };
    this.#isUsed = true;
    const outcome = await this.#connect(settings, command, {
      ...options,
      onLine: onLine && onceBegun(onLine),
    });
    if (outcome.kind !== 'ended') return outcome;
    const begin = outcome.stdout.indexOf(`${BEGIN}\n`);
    if (begin === -1 || outcome.exitCode === SSH_FAILED) throw await this.#troubleOf(outcome, folder);
    return {
      ...outcome,
      stdout: outcome.stdout.subarray(begin + BEGIN.length + 1),
      stderr: outcome.stderr.slice(outcome.stderr.indexOf(`${BEGIN}\n`) + BEGIN.length + 1),
    };
  }

  async #connect(
    settings: Readonly<Record<string, string>>,
    command: string,
    options: CommandOptions,
  ): Promise<CommandOutcome> {
    const argv = ['ssh', '-T', ...this.#arguments(settings), command];
    const outcome = await this.#runLocally(argv, { ...options, env: NO_PROMPT });
    if (outcome.kind === 'missing') throw new JetonError('ssh-missing');
    return outcome;
  }

  #ended(outcome: CommandOutcome): ScriptOutcome {
    if (outcome.kind === 'ended') return outcome;
    throw this.#unreachable(outcome.kind === 'failed' ? outcome.message : 'timed out');
  }

  /** Up to the destination, which is never taken for an option. */
  #arguments(settings: Readonly<Record<string, string>>): readonly string[] {
    const { destination, port } = this.#ssh;
    const all = Object.entries({ ...FIXED_SETTINGS, ...settings });
    return [
      ...all.flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      '--',
      destination,
    ];
  }

  #knownHosts(folder: string): Readonly<Record<string, string>> {
    const own = quoted(knownHostsFile(folder));
    return { UserKnownHostsFile: `${own} ~/.ssh/known_hosts ~/.ssh/known_hosts2` };
  }

  #sharing(folder: string): Readonly<Record<string, string>> {
    const socket = this.#socket(folder);
    return socket === undefined
      ? { ControlPath: 'none' }
      : { ControlMaster: 'auto', ControlPath: quoted(socket), ControlPersist: String(PERSIST_SECONDS) };
  }

  #socket(folder: string): string | undefined {
    if (this.#socketName === undefined) return undefined;
    const path = join(folder, this.#socketName);
    return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? path : undefined;
  }

  /** What is wrong, by ssh's own words (OpenSSH 7.6 to 10). */
  async #troubleOf({ stdout, stderr }: ScriptOutcome, folder: string): Promise<JetonError> {
    const host = this.#ssh.destination;
    if (/^Host key for .* has changed/m.test(stderr)) {
      const fingerprint = /SHA256:[\w+/]+/.exec(stderr)?.[0] ?? '';
      const known = await offendedKey(stderr);
      return new JetonError('ssh-host-key-changed', { host, fingerprint, known: known?.fingerprint ?? '' });
    }
    if (/^No \S+ host key is known for/m.test(stderr)) {
      const { name, fingerprint } = await this.hostKey();
      // Known by a key of another kind.
      const known = await pinnedHostKey(folder, name);
      return known === undefined
        ? new JetonError('ssh-host-key-unknown', { host, fingerprint })
        : new JetonError('ssh-host-key-changed', { host, fingerprint, known: known.fingerprint });
    }
    const refused = /Permission denied \((.*)\)|Too many authentication failures/.exec(stderr);
    if (refused !== null) {
      return new JetonError('ssh-auth-refused', { host, reason: refused[1] ?? refused[0] });
    }
    return this.#unreachable(stderr.trim() === '' ? stdout.toString() : stderr);
  }

  #unreachable(words: string): JetonError {
    const reason = scrub(words.replaceAll(/\s+/g, ' ').trim()).slice(0, LONGEST_REASON);
    return new JetonError('ssh-unreachable', { host: this.#ssh.destination, reason });
  }
}

/** The key that a machine shows of itself; throws as {@link Ssh} does. */
export function hostKeyOf(options: SshOptions): Promise<HostKey> {
  return new Ssh(options).hostKey();
}

const NO_PROMPT = { SSH_ASKPASS_REQUIRE: 'never' };
const SSH_FAILED = 255;
const NOT_FOUND = 127;

const RUN_SCRIPT = `
if [ -n "$1" ]; then cd "$1" 2>/dev/null || exit ${NOT_FOUND}; fi
shift
"$@"
code=$?
if [ "$code" -eq ${SSH_FAILED} ]; then exit 254; fi
exit "$code"
`;

function quotedForShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path as a value of ssh_config, where `%` begins a token; forward slashes will do on Windows. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '/').replaceAll('%', '%%')}"`;
}

/** The two streams come apart: what the login shell said on one may arrive after the other has begun. */
function onceBegun(onLine: OnLine): OnLine {
  const begun = new Set<OutputStream>();
  return (line, stream) => {
    if (begun.has(stream)) onLine(line, stream);
    else if (line.endsWith(BEGIN)) begun.add(stream);
  };
}

async function offendedKey(stderr: string): Promise<HostKey | undefined> {
  const [, file, line] = /^Offending .* key in (.+):(\d+)\r?$/m.exec(stderr) ?? [];
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch(() => '');
  return parseHostKey(text.split('\n')[Number(line) - 1] ?? '');
}

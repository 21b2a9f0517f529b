import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { HostKey } from '../../src/node/ssh-host-key.ts';
import { parseHostKey, pinHostKey } from '../../src/node/ssh-host-key.ts';
import { type RunCommand, runCommand } from '../../src/node/run-command.ts';
import { freePort } from './free-port.ts';

const execute = promisify(execFile);

/** What the scripts of src/node/ssh-scripts.ts may use; busybox has a version of each. */
export const NAS_PROGRAMS: readonly string[] =
  'sh cat basename chmod chown dd dirname ln ls mv readlink rm sed sync wc'.split(' ');

export type HostKeyType = 'ed25519' | 'ecdsa';

/** An sshd of a test's own on loopback, for root, with a user of its own beside root. */
export interface TestSshd {
  /** Of this test alone; everybody may look into it. */
  readonly folder: string;
  readonly port: number;
  /** Somebody without any powers, made for this test. */
  readonly user: { readonly uid: number; readonly gid: number };
  /**
   * Runs `ssh` as a person whose ssh_config knows the machine as `nas`, and as `nas-root` (another user),
   * `nas-stranger` (a key that is not accepted there), `nas-locked` (a key with a passphrase) and `nas-behind` (by
   * way of itself).
   */
  readonly run: RunCommand;
  /** A folder with an `ssh` that does the same, for a PATH. */
  readonly path: string;
  hostKey(type?: HostKeyType): HostKey;
  /** A home of Jeton's in which its first host key is accepted; of this test alone. */
  trustingHome(): Promise<string>;
  /** A folder on the other machine, the user's own. */
  makeFolder(): string;
  /** Stops it, and starts it anew, with other host keys if asked for. */
  restart(options?: { readonly hostKeys?: 'new' | readonly HostKeyType[] }): Promise<void>;
  /** Lines of sh before a program does what it does, instead of the spying. */
  precedeProgram(name: string, script: string): void;
  /** What was written down: arguments and variables of every program that ran there. */
  seen(): readonly string[];
  /** Kills its part of every connection, and what runs there by them if asked to. */
  cut(what: 'connections' | 'connections and programs'): void;
  /** Stops answering, in the connections that it has and to new ones, until the answer is called. */
  fallSilent(): () => void;
  /** The processes of each connection that it has. */
  connections(): readonly (readonly number[])[];
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export interface SshdOptions {
  /** Environment of whoever logs in; sshd_config's SetEnv. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Programs that are all of the PATH there: busybox has them. */
  readonly busybox?: readonly string[];
  /** Writes down how each of those is called; by a shell that is not busybox, which would call itself unseen. */
  readonly spy?: boolean;
}

export async function startSshd({
  environment = {},
  busybox,
  spy = false,
}: SshdOptions = {}): Promise<TestSshd> {
  if (process.getuid?.() !== 0)
    throw new Error('sshd for other users can be started by root only: sudo npm test');
  const folder = await mkdtemp(join(tmpdir(), 'jeton-sshd-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const login = `jeton-test-${process.pid}-${port}`;
  const user = await addUser(login, folder);
  const keys = join(folder, 'keys');
  await mkdir(keys, { mode: 0o755 });
  await makeKeys(keys, ['ed25519', 'ecdsa']);
  for (const name of ['person', 'stranger']) await makeKey(join(keys, name), 'ed25519');
  await makeKey(join(keys, 'locked'), 'ed25519', 'test-passphrase');
  await execute('cp', [join(keys, 'person.pub'), join(keys, 'authorized')]);
  // Where sshd keeps nothing, but insists on it.
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const variables = { ...environment };
  if (busybox !== undefined) variables['PATH'] = await makeBusybox(join(folder, 'bin'), busybox, spy);
  let hostKeys: readonly HostKeyType[] = ['ed25519'];
  let engine: ChildProcess | undefined;

  async function start(): Promise<void> {
    const setEnv = Object.entries(variables).map(([name, value]) => ` "${name}=${value}"`);
    const settings = [
      `ListenAddress 127.0.0.1:${port}`,
      ...hostKeys.map((type) => `HostKey ${keys}/${type}`),
      `AuthorizedKeysFile ${keys}/authorized`,
      'AuthenticationMethods publickey',
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'MaxSessions 100',
      'MaxStartups 100',
      'PidFile none',
      // Of several only the first counts.
      ...(setEnv.length === 0 ? [] : [`SetEnv${setEnv.join('')}`]),
    ];
    await writeFile(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
    const child = spawn(
      'setpriv',
      // It does not outlive the tests, however they end.
      ['--pdeathsig', 'TERM', '/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    engine = child;
    await untilItListens(child);
  }

  async function stop(): Promise<void> {
    if (engine === undefined) return;
    const others = connections().flat();
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
    engine = undefined;
    await killAll(() => others);
  }

  function hostKey(type: HostKeyType = 'ed25519'): HostKey {
    const key = parseHostKey(`[127.0.0.1]:${port} ${readFileSync(join(keys, `${type}.pub`), 'utf8')}`);
    if (key === undefined) throw new Error('not a host key');
    return key;
  }

  function connections(): readonly (readonly number[])[] {
    const parents = parentsOfAll();
    const familyOf = (pid: number): readonly number[] => {
      const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
      return [pid, ...children.flatMap(familyOf)];
    };
    const [, ...listeners] = engine?.pid === undefined ? [] : familyOf(engine.pid);
    return listeners.filter((pid) => parents.get(pid) === engine?.pid).map(familyOf);
  }

  // The person knows the machine in front of the other one.
  const front = hostKey();
  await writeFile(join(keys, 'known_hosts'), `${front.name} ${front.type} ${front.key}\n`);
  const config = join(folder, 'ssh_config');
  const path = join(folder, 'path');
  await mkdir(path);
  await writeFile(join(path, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${config}' "$@"\n`, { mode: 0o755 });
  await writeFile(config, clientConfig(keys, port, login));
  await start();
  return {
    folder,
    port,
    user,
    path,
    run: (argv, options) =>
      runCommand(argv, { ...options, env: { ...options.env, PATH: `${path}:${process.env['PATH']}` } }),
    hostKey,
    async trustingHome() {
      const home = await mkdtemp(join(folder, 'home-'));
      await pinHostKey(home, hostKey());
      return home;
    },
    makeFolder() {
      const made = mkdtempSync(join(folder, 'bot-'));
      chownSync(made, user.uid, user.gid);
      return made;
    },
    async restart(options = {}) {
      await stop();
      if (options.hostKeys === 'new') await makeKeys(keys, hostKeys);
      else hostKeys = options.hostKeys ?? hostKeys;
      await start();
    },
    precedeProgram: (name, script) => writeProgram(join(folder, 'bin', name), name, script),
    seen: () => readFileSync(seenFile(join(folder, 'bin')), 'utf8').split('\n'),
    cut(what) {
      for (const pid of connections().flat()) {
        if (what === 'connections and programs' || nameOf(pid) === 'sshd') kill(pid, 'SIGKILL');
      }
    },
    fallSilent() {
      const all = [engine?.pid ?? [], ...connections()].flat();
      for (const pid of all) kill(pid, 'SIGSTOP');
      return () => all.forEach((pid) => kill(pid, 'SIGCONT'));
    },
    connections,
    stop,
    async dispose() {
      await stop();
      // What was given up goes on.
      await killAll(() => processesOf(user.uid));
      await execute('userdel', [login]);
      await rm(folder, { recursive: true });
    },
  };
}

/** What a person has in `~/.ssh/config`. */
function clientConfig(keys: string, port: number, user: string): string {
  const host = (name: string, settings: Readonly<Record<string, string>>): string =>
    [`Host ${name}`, ...Object.entries(settings).map(([key, value]) => `  ${key} ${value}`), ''].join('\n');
  const key = (name: string): string => join(keys, name);
  return [
    host('nas-root', { User: 'root', IdentityFile: key('person') }),
    host('nas-stranger', { IdentityFile: key('stranger') }),
    host('nas-locked', { IdentityFile: key('locked') }),
    host('nas-behind', { ProxyJump: 'nas-in-front', IdentityFile: key('person') }),
    host('nas-in-front', { IdentityFile: key('person'), UserKnownHostsFile: key('known_hosts') }),
    host('nas 127.0.0.1', { IdentityFile: key('person') }),
    // A person may have set these; Jeton must come through all the same.
    host('nas', {
      RequestTTY: 'force',
      RemoteCommand: 'sh',
      LocalForward: '127.0.0.1:1 127.0.0.1:1',
      LogLevel: 'QUIET',
      ControlMaster: 'auto',
      ControlPath: '/nowhere/socket',
      StrictHostKeyChecking: 'no',
    }),
    host('nas*', { HostName: '127.0.0.1', Port: String(port), User: user }),
    host('*', { IdentitiesOnly: 'yes', IdentityAgent: 'none' }),
  ].join('\n');
}

async function addUser(name: string, home: string): Promise<TestSshd['user']> {
  const options = [
    '--no-create-home',
    '--password',
    '*',
    '--home-dir',
    home,
    '--shell',
    await writeShell(home),
  ];
  await execute('useradd', [...options, name]);
  const number = async (flag: string): Promise<number> => Number((await execute('id', [flag, name])).stdout);
  return { uid: await number('-u'), gid: await number('-g') };
}

/** Whoever logs in is greeted, as some start-up files do. */
async function writeShell(folder: string): Promise<string> {
  const shell = join(folder, 'shell');
  await writeFile(
    shell,
    '#!/bin/sh\necho Welcome.\necho Beware. >&2\nprintf "Goodbye. "\nexec /bin/sh "$@"\n',
    {
      mode: 0o755,
    },
  );
  return shell;
}

async function makeKeys(folder: string, types: readonly HostKeyType[]): Promise<void> {
  for (const type of types) await makeKey(join(folder, type), type);
}

async function makeKey(file: string, type: HostKeyType, passphrase = ''): Promise<void> {
  await rm(file, { force: true });
  await execute('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file]);
}

/** Called by a link's name, busybox is that program; so is it behind a script of that name. */
async function makeBusybox(folder: string, programs: readonly string[], spy: boolean): Promise<string> {
  await mkdir(folder);
  const log = seenFile(folder);
  for (const program of programs) {
    const path = join(folder, program);
    if (spy) writeProgram(path, program, `{ echo "${program} $*"; export -p; } >>'${log}'`);
    else await symlink('/bin/busybox', path);
  }
  if (spy) await writeFile(log, '');
  if (spy) await chmod(log, 0o666);
  return folder;
}

function writeProgram(path: string, name: string, script: string): void {
  rmSync(path, { force: true });
  const text = `#!/bin/dash\n${script}\nexec ${name === 'sh' ? '/bin/dash' : `/bin/busybox ${name}`} "$@"\n`;
  writeFileSync(path, text, { mode: 0o755 });
}

function seenFile(folder: string): string {
  return join(folder, '.seen');
}

function untilItListens(engine: ChildProcess): Promise<void> {
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    engine.on('error', reject);
    engine.on('exit', () => reject(new Error(`sshd ended:\n${log.join('\n')}`)));
    // Read to the end: a full pipe would stop it.
    createInterface({ input: engine.stderr! }).on('line', (line) => {
      log.push(line);
      if (line.includes('Server listening')) resolve();
    });
  });
}

function parentsOfAll(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const pid of pids()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z') parents.set(pid, Number(parent));
    } catch {
      // It has just ended.
    }
  }
  return parents;
}

/** `undefined` for one that has just ended. */
function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** What a user runs. */
function processesOf(uid: number): readonly number[] {
  return pids().filter((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid);
}

function pids(): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** And waits until they are gone. */
async function killAll(which: () => readonly number[]): Promise<void> {
  for (;;) {
    const alive = parentsOfAll();
    const left = which().filter((pid) => alive.has(pid));
    if (left.length === 0) return;
    for (const pid of left) kill(pid, 'SIGKILL');
    await setTimeout(5);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

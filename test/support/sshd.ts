import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
  /** How ssh_config calls the machine: `nas` for the user, `nas-root`, `nas-stranger` whose key is of no use. */
  readonly config: string;
  /** Runs `ssh` as the person of {@link config}. */
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
  /** Process ids of the connections that it has. */
  connections(): readonly number[];
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export interface SshdOptions {
  /** Environment of whoever logs in; sshd_config's SetEnv. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Programs that are all of the PATH there: busybox has them. */
  readonly busybox?: readonly string[];
}

export async function startSshd({ environment = {}, busybox }: SshdOptions = {}): Promise<TestSshd> {
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
  await execute('cp', [join(keys, 'person.pub'), join(keys, 'authorized')]);
  // Where sshd keeps nothing, but insists on it.
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const variables = { ...environment };
  if (busybox !== undefined) variables['PATH'] = await makeBusybox(join(folder, 'bin'), busybox);
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
    if (engine === undefined || engine.exitCode !== null) return;
    const sessions = connections();
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
    engine = undefined;
    for (const pid of sessions) process.kill(pid, 'SIGTERM');
  }

  function hostKey(type: HostKeyType = 'ed25519'): HostKey {
    const key = parseHostKey(`[127.0.0.1]:${port} ${readFileSync(join(keys, `${type}.pub`), 'utf8')}`);
    if (key === undefined) throw new Error('not a host key');
    return key;
  }

  function connections(): readonly number[] {
    return engine?.pid === undefined ? [] : childrenOf(engine.pid);
  }

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
    config,
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
    connections,
    stop,
    async dispose() {
      await stop();
      await execute('userdel', [login]);
      await rm(folder, { recursive: true });
    },
  };
}

function clientConfig(keys: string, port: number, user: string): string {
  const host = (name: string, login: string, key: string): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User ${login}\n  IdentityFile ${keys}/${key}\n`;
  const all = 'Host *\n  IdentitiesOnly yes\n  IdentityAgent none\n';
  return (
    host('nas', user, 'person') +
    host('nas-root', 'root', 'person') +
    host('nas-stranger', user, 'stranger') +
    all
  );
}

async function addUser(name: string, home: string): Promise<TestSshd['user']> {
  const options = ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', '--password', '*'];
  await execute('useradd', [...options, name]);
  const number = async (flag: string): Promise<number> => Number((await execute('id', [flag, name])).stdout);
  return { uid: await number('-u'), gid: await number('-g') };
}

async function makeKeys(folder: string, types: readonly HostKeyType[]): Promise<void> {
  for (const type of types) await makeKey(join(folder, type), type);
}

async function makeKey(file: string, type: HostKeyType): Promise<void> {
  await rm(file, { force: true });
  await execute('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file]);
}

async function makeBusybox(folder: string, programs: readonly string[]): Promise<string> {
  await mkdir(folder);
  for (const program of programs) await symlink('/bin/busybox', join(folder, program));
  return folder;
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

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

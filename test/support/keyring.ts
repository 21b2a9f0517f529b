import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PASSWORD = 'test-keyring-password';

/** A GNOME keyring on a D-Bus session of its own, in a folder of its own. */
export interface Keyring {
  /** What a process needs to find this keyring, and no other. */
  readonly env: NodeJS.ProcessEnv;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** Its daemon ends and starts anew, unlocked, with what it kept. */
  restart(): Promise<void>;
  /** Deletes every entry of Jeton's. */
  clear(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-keyring-'));
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    XDG_RUNTIME_DIR: runtime,
  };
  for (const name of ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'DISPLAY', 'WAYLAND_DISPLAY']) delete env[name];

  let bus: ChildProcess | undefined;
  let daemon: ChildProcess | undefined;

  /** A daemon that starts with the password unlocks its keyring; it makes one if there is none. */
  async function startDaemon(): Promise<void> {
    const args = ['--foreground', '--components=secrets', `--control-directory=${runtime}`, '--unlock'];
    daemon = spawn('gnome-keyring-daemon', args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    // One that ends at once is told by the service that does not appear.
    daemon.stdin?.on('error', () => undefined).end(PASSWORD);
    await run('gdbus', ['wait', '--session', '--timeout', '10', 'org.freedesktop.secrets'], { env });
  }

  async function dispose(): Promise<void> {
    await stop(daemon);
    await stop(bus);
    rmSync(folder, { recursive: true, force: true });
  }

  async function call(path: string, method: string, ...args: string[]): Promise<string> {
    const destination = ['--session', '--dest', 'org.freedesktop.secrets', '--object-path', path];
    const { stdout } = await run('gdbus', ['call', ...destination, '--method', method, ...args], { env });
    return stdout;
  }

  try {
    bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    env['DBUS_SESSION_BUS_ADDRESS'] = await firstLine(bus);
    await startDaemon();
  } catch (error) {
    await dispose();
    throw error;
  }

  return {
    env,
    async lock() {
      const collection = '/org/freedesktop/secrets/collection/login';
      await call(
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        `[objectpath '${collection}']`,
      );
    },
    async restart() {
      await stop(daemon);
      await startDaemon();
    },
    async clear() {
      const found = await call(
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.SearchItems',
        '{"service":"jeton"}',
      );
      for (const [item] of found.matchAll(/\/org\/[\w/]+/g))
        await call(item, 'org.freedesktop.Secret.Item.Delete');
    },
    unlock: () => unlockThrough(join(runtime, 'control')),
    dispose,
  };
}

/**
 * Unlocks the login keyring as pam_gnome_keyring does at sign-in: over the daemon's control socket, in packets of
 * big-endian numbers and counted strings (gnome-keyring, daemon/control).
 */
async function unlockThrough(path: string): Promise<void> {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const unlockOperation = 1;
  const request = Buffer.concat([number(unlockOperation), number(PASSWORD.length), Buffer.from(PASSWORD)]);
  const socket = connect(path);
  // The first byte carries the credentials of who asks.
  socket.write(Buffer.concat([Buffer.of(0), number(request.length + 4), request]));
  const [answer]: unknown[] = await once(socket, 'data');
  socket.destroy();
  if (!(answer instanceof Buffer) || answer.readUInt32BE(4) !== 0)
    throw new Error('the keyring did not take the password');
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(`${child.spawnfile} printed nothing`);
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What the tests need from the operating system: there already, installed now, or named, and then no test runs. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface TestPackage {
  /** Debian's name. */
  readonly name: string;
  readonly neededFor: string;
  /** A program, or a file by glob, that says that it is there. */
  readonly provides: string;
}

const PACKAGES: readonly TestPackage[] = [
  { name: 'busybox-static', neededFor: "a bot's image", provides: '/usr/share/doc/busybox-static' },
  { name: 'chromium', neededFor: 'a real browser', provides: 'chromium' },
  { name: 'cron', neededFor: 'a real crontab', provides: 'crontab' },
  { name: 'dbus-daemon', neededFor: 'a session bus', provides: 'dbus-daemon' },
  { name: 'docker-compose', neededFor: 'a real compose', provides: '/usr/bin/docker-compose' },
  { name: 'docker.io', neededFor: 'a real Docker engine', provides: '/usr/sbin/dockerd' },
  { name: 'gnome-keyring', neededFor: 'a real keychain', provides: 'gnome-keyring-daemon' },
  { name: 'libglib2.0-bin', neededFor: 'locking a real keychain', provides: 'gdbus' },
  { name: 'libsecret-1-0', neededFor: 'keytar', provides: '/usr/lib{,64,/*}/libsecret-1.so.0' },
  { name: 'openssh-client', neededFor: 'a real ssh', provides: 'ssh' },
  { name: 'openssh-server', neededFor: 'a real sshd', provides: 'sshd' },
  { name: 'pgbouncer', neededFor: 'a real connection pool', provides: 'pgbouncer' },
  {
    name: 'python3-dotenv',
    neededFor: "the bot's own reader of .env",
    provides: '/usr/lib/python3/dist-packages/dotenv/__init__.py',
  },
  { name: 'sudo', neededFor: 'a sudo that wants a password', provides: 'sudo' },
  { name: 'xvfb', neededFor: 'a browser with a window', provides: 'Xvfb' },
];

// Other systems have no such packages, and leave out what needs them: test-places.ts.
const missing = process.platform === 'linux' ? PACKAGES.filter(({ provides }) => !isThere(provides)) : [];
if (missing.length > 0) {
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) install(missing.map(({ name }) => name));
  const stillMissing = missing.filter(({ provides }) => !isThere(provides));
  if (stillMissing.length > 0) {
    for (const { name, neededFor } of stillMissing) console.error(`The tests need ${name} (${neededFor}).`);
    console.error(`Install it with: sudo ${aptGet(stillMissing.map(({ name }) => name)).join(' ')}`);
    process.exitCode = 1;
  }
}

function isThere(provides: string): boolean {
  if (provides.startsWith('/')) return globSync(provides).length > 0;
  // Debian keeps servers where a user's PATH does not look.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, provides)));
}

function install(names: readonly string[]): void {
  console.log(`Installing for the tests: ${names.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [program = '', ...args] of [['apt-get', 'update', '-qq'], aptGet(names)]) {
    // What went wrong is said by apt itself, and by what is still missing afterwards.
    spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function aptGet(names: readonly string[]): string[] {
  return ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...names];
}

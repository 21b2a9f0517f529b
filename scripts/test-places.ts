/**
 * Where tests can run that need more of the system than Node: on Debian all do, and `npm test` installs what they need.
 * Elsewhere those in this table are left out, each by its name and with the reason.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Need {
  readonly what: string;
  /** On which systems it is. */
  readonly on: readonly NodeJS.Platform[];
  /** Test files, or folders of them. */
  readonly tests: readonly string[];
}

const LINUX: readonly NodeJS.Platform[] = ['linux'];
const POSIX: readonly NodeJS.Platform[] = ['linux', 'darwin'];

export const NEEDS: readonly Need[] = [
  {
    what: 'Debian’s Chromium under the stand-in for Electron; on the real one they run by npm run e2e',
    on: LINUX,
    tests: [
      'test/e2e/{account,driver,first-run,hostile-ipc,hostile-page,hostile-sign-in,instances}.test.ts',
      'test/e2e/{interruptions,machine,no-sandbox,oneflex}.test.ts',
      'test/e2e/{about,security,settings,sign-in-limits,silent-sign-in,slack,store,tray,vault}.test.ts',
      'test/e2e/{window,window-forms,window-options,window-trouble}.test.ts',
    ],
  },
  {
    what: 'Debian’s Chromium',
    on: LINUX,
    tests: [
      'test/electron-host/',
      'test/renderer/',
      'test/cli/oneflex.test.ts',
      'test/main/application/own-browser.test.ts',
      'test/node/installed-browser.test.ts',
    ],
  },
  {
    what: 'a Docker engine of the test’s own',
    on: LINUX,
    tests: [
      'test/demo.test.ts',
      'test/secrets.test.ts',
      'test/cli/export.test.ts',
      'test/node/docker.test.ts',
      'test/node/ssh-docker.test.ts',
    ],
  },
  {
    what: 'an sshd of the test’s own',
    on: LINUX,
    tests: ['test/cli/targets.test.ts', 'test/node/{ssh,ssh-env-file,ssh-storm}.test.ts'],
  },
  {
    what: 'a GNOME keyring of the test’s own',
    on: LINUX,
    tests: ['test/e2e/keyring.test.ts', 'test/node/vault-keyring.test.ts'],
  },
  {
    what: 'a crontab, systemd’s folders or another user',
    on: LINUX,
    tests: [
      'test/cli/settings-and-vault.test.ts',
      'test/main/application/commands.test.ts',
      'test/main/auto-launch.test.ts',
      'test/node/os-schedule.test.ts',
    ],
  },
  {
    what: 'disks that are full or may not be written, and owners, modes and links of Linux’s',
    on: LINUX,
    tests: ['test/node/{env-target,env-target-contract,paths}.test.ts', 'test/{installers,pack}.test.ts'],
  },
  { what: 'a pgbouncer', on: LINUX, tests: ['test/node/application-database-contract.test.ts'] },
  {
    what: 'the bot’s reader of .env, in Python',
    on: LINUX,
    tests: ['test/node/env-target-dialects.test.ts'],
  },
  {
    what: 'modes, signals or a shell of POSIX’s',
    on: POSIX,
    tests: [
      'test/start.test.ts',
      'test/cli/{alerts,database,pause,run,run-oneflex,run-outages,slack,start,store}.test.ts',
      'test/main/application/{background,database,sign-in}.test.ts',
      'test/node/{application-database,application-database-outages,database-open,database-recovery}.test.ts',
      'test/node/{env-target-storm,find-browser,logger,rotation-storm,run-command,session-json}.test.ts',
      'test/node/{settings-file,vault}.test.ts',
    ],
  },
];

export interface LeftOut {
  readonly what: string;
  readonly tests: readonly string[];
}

/** Files, by what they need and this system does not have. */
export function leftOutOn(platform: NodeJS.Platform): readonly LeftOut[] {
  return NEEDS.filter(({ on }) => !on.includes(platform)).map(({ what, tests }) => ({
    what,
    tests: tests.flatMap((pattern) => filesOf(pattern)),
  }));
}

export function filesOf(pattern: string): readonly string[] {
  const files = globSync(pattern.endsWith('/') ? `${pattern}**/*.test.ts` : pattern, { cwd: root });
  return files.map((file) => file.replaceAll('\\', '/')).sort();
}

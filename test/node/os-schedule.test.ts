import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CRON_INTERVALS } from '../../src/core/schedule-interval.ts';
import {
  cronFields,
  findBlock,
  readBlock,
  renderBlock,
  withBlock,
} from '../../src/node/os-schedule/crontab.ts';
import { CrontabSchedule } from '../../src/node/os-schedule/crontab-schedule.ts';
import { readLaunchAgent, renderLaunchAgent } from '../../src/node/os-schedule/launchd.ts';
import { LaunchdSchedule } from '../../src/node/os-schedule/launchd-schedule.ts';
import type { ScheduledCommand, ScheduleRequest } from '../../src/node/os-schedule/os-schedule.ts';
import { type CommandResult, runSchedulerCommand } from '../../src/node/os-schedule/scheduler-command.ts';
import { type ScheduleOptions, scheduleRequest } from '../../src/node/os-schedule/schedule-request.ts';
import { readTask, renderTask } from '../../src/node/os-schedule/task-scheduler.ts';
import { TaskSchedulerSchedule } from '../../src/node/os-schedule/task-scheduler-schedule.ts';
import { realCrontab, standInCrontab, type TestCrontab } from '../support/crontab-user.ts';

const command: ScheduledCommand = {
  program: '/usr/bin/node',
  args: ['/opt/jeton/index.js', 'slack', 'refresh', '--scheduled'],
  environment: { JETON_HOME: '/home/ada/.config/Jeton' },
};
const request: ScheduleRequest = {
  recurrence: { everyMinutes: 240, offsetMinutes: 77 },
  command,
  warnings: [],
};
const everySix: ScheduleRequest = { ...request, recurrence: { everyMinutes: 360, offsetMinutes: 77 } };

const LINE =
  '17 1-23/4 * * * /usr/bin/env JETON_HOME=/home/ada/.config/Jeton /usr/bin/node /opt/jeton/index.js slack refresh --scheduled >/dev/null';
const BLOCK = renderBlock(request.recurrence, command);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jeton schedule-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('scheduleRequest', () => {
  const options: ScheduleOptions = {
    everyMinutes: 240,
    program: '/usr/bin/node',
    script: '/opt/jeton/index.js',
    home: '/home/ada/.config/Jeton',
    host: 'ada-laptop',
    env: {},
    cwd: '/srv',
    platform: 'linux',
    sessionBus: undefined,
  };

  it('carries paths, made absolute, and no secret', () => {
    const env = {
      JETON_MASTER_KEY_FILE: 'keys/master',
      JETON_MASTER_KEY: 'test-master-key-7',
      JETON_PASSPHRASE_FILE: '',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      HTTPS_PROXY: 'http://user:test-password-7@proxy.test',
      PATH: '/usr/bin',
    };
    const made = scheduleRequest({ ...options, env });
    expect(made.command).toEqual({
      ...command,
      environment: {
        JETON_HOME: '/home/ada/.config/Jeton',
        JETON_MASTER_KEY_FILE: '/srv/keys/master',
        NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      },
    });
    expect(made.warnings).toEqual([
      { code: 'variable-not-carried', name: 'JETON_MASTER_KEY' },
      { code: 'variable-not-carried', name: 'HTTPS_PROXY' },
    ]);
    expect(JSON.stringify(made)).not.toContain('-7');
  });

  it('takes the session bus along for the keychain, where there is one', () => {
    const bus = 'unix:path=/run/user/1000/bus';
    expect(scheduleRequest({ ...options, sessionBus: bus })).toMatchObject({
      command: { environment: { DBUS_SESSION_BUS_ADDRESS: bus } },
      warnings: [{ code: 'keychain-needs-session' }],
    });
    expect(scheduleRequest(options).warnings).toEqual([{ code: 'keychain-unreachable' }]);
    const withKeyFile = { ...options, sessionBus: bus, env: { JETON_PASSPHRASE_FILE: '/etc/p' } };
    expect(scheduleRequest(withKeyFile).command.environment).not.toHaveProperty('DBUS_SESSION_BUS_ADDRESS');
    expect(scheduleRequest({ ...options, platform: 'darwin' }).warnings).toEqual([]);
  });

  it('passes the home as an option where there is no place for a variable', () => {
    const made = scheduleRequest({ ...options, platform: 'win32', env: { JETON_MASTER_KEY_FILE: 'k' } });
    expect(made.command).toEqual({
      program: '/usr/bin/node',
      args: ['/opt/jeton/index.js', '--home', options.home, 'slack', 'refresh', '--scheduled'],
      environment: {},
    });
    expect(made.warnings).toEqual([{ code: 'variable-not-carried', name: 'JETON_MASTER_KEY_FILE' }]);
  });

  it('warns of an interval longer than a token lives', () => {
    const env = { JETON_PASSPHRASE_FILE: '/etc/p' };
    expect(scheduleRequest({ ...options, env, everyMinutes: 480 }).warnings).toEqual([]);
    expect(scheduleRequest({ ...options, env, everyMinutes: 720 }).warnings).toEqual([
      { code: 'longer-than-a-token' },
    ]);
  });

  it('refuses a path with a line break, which would begin a line of its own', () => {
    expect(() => scheduleRequest({ ...options, home: '/tmp/a\n* * * * * b' })).toThrow(
      expect.objectContaining({
        code: 'schedule-unavailable',
        details: expect.objectContaining({ reason: 'path-unsupported' }),
      }),
    );
  });
});

describe('the text of a crontab', () => {
  it('gets a marked block', () => {
    expect(BLOCK).toBe(
      `# >>> jeton schedule >>> (from "jeton schedule install"; remove with "jeton schedule remove")\n${LINE}\n# <<< jeton schedule <<<\n`,
    );
  });

  it.each([
    [1, 0, '* * * * *'],
    [2, 1, '1-59/2 * * * *'],
    [30, 17, '17-59/30 * * * *'],
    [60, 17, '17 * * * *'],
    [120, 77, '17 1-23/2 * * *'],
    [720, 77, '17 1-23/12 * * *'],
    [1440, 77, '17 1 * * *'],
  ])('says every %i minutes from %i as %s', (everyMinutes, offsetMinutes, fields) => {
    expect(cronFields({ everyMinutes, offsetMinutes })).toBe(fields);
  });

  it('reads back every interval that it writes', () => {
    for (const everyMinutes of CRON_INTERVALS) {
      for (const offsetMinutes of [0, 1, 59, 60, 719].filter((offset) => offset < everyMinutes)) {
        const block = renderBlock({ everyMinutes, offsetMinutes }, command);
        expect(readBlock(block)).toMatchObject({ everyMinutes });
      }
    }
    expect(readBlock(BLOCK.replace('17 1-23/4 *', '17 1-23/4 1'))).toMatchObject({ everyMinutes: undefined });
  });

  it('keeps every other byte, and is as it was once the block is gone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 })), (bytes) => {
        const before = Buffer.from(bytes).toString('latin1');
        const found = findBlock(withBlock(before, BLOCK));
        expect(found).toMatchObject({ kind: 'found', block: BLOCK, after: '' });
        const ended = before === '' || before.endsWith('\n') ? before : `${before}\n`;
        expect(found).toMatchObject({ before: ended });
      }),
    );
  });

  it('replaces a block where it is, also one with Windows line ends', () => {
    const other = renderBlock(everySix.recurrence, command);
    expect(withBlock(`a\n${BLOCK.replaceAll('\n', '\r\n')}b`, other)).toBe(`a\n${other}b`);
  });

  it.each([
    [
      'lines that only look like it',
      '# >>> jeton >>>\n# <<< jeton schedule <<< mine\n#>>> jeton schedule >>>\n',
      'none',
    ],
    ['no end', `a\n${BLOCK.replace(/# <<<.*\n/, '')}b\n`, 'damaged'],
    ['no beginning', `a\n${BLOCK.replace(/# >>>.*\n/, '')}`, 'damaged'],
    ['two blocks', BLOCK + BLOCK, 'damaged'],
    [
      'end before beginning',
      BLOCK.split(/(?<=\n)/)
        .toReversed()
        .join(''),
      'damaged',
    ],
  ])('with %s: %s', (_, crontab, kind) => {
    expect(findBlock(crontab).kind).toBe(kind);
  });
});

const crontabs: [string, () => TestCrontab][] = [['a stand-in', standInCrontab]];
// Only root can have a user of its own to try it on.
if (userInfo().uid === 0) crontabs.push(['the real crontab', realCrontab]);

describe.each(crontabs)('CrontabSchedule on %s', (_, open) => {
  let crontab: TestCrontab;
  let schedule: CrontabSchedule;
  beforeEach(() => {
    crontab = open();
    schedule = new CrontabSchedule({ run: runSchedulerCommand, crontab: crontab.argv });
  });
  afterEach(() => crontab.dispose());

  const write = (text: string) => runSchedulerCommand([...crontab.argv, '-'], Buffer.from(text, 'latin1'));

  it('installs where there is no crontab yet, and leaves none', async () => {
    expect(await schedule.status()).toEqual({ installed: false });
    expect(await schedule.remove()).toBe(false);
    expect(await schedule.install(request)).toEqual({
      where: 'crontab',
      entry: BLOCK,
      change: 'add',
      warnings: [],
    });
    expect(crontab.content()).toBe(BLOCK);
    expect(await schedule.status()).toEqual({
      installed: true,
      where: 'crontab',
      everyMinutes: 240,
      command: LINE.replace(/^.*?\/usr/, '/usr'),
    });
    expect(await schedule.remove()).toBe(true);
    expect(crontab.content()).toBeUndefined();
  });

  it('plans without changing anything', async () => {
    expect(await schedule.plan(request)).toMatchObject({ change: 'add' });
    expect(crontab.content()).toBeUndefined();
  });

  it('leaves one entry when installed twice, and the new one when changed', async () => {
    const before = 'MAILTO=ada\r\n# caf\xe9 \xff\n\n\t 5 4 * * *  date +\\%F # \b \\b \\r\n';
    await write(before);
    await schedule.install(request);
    expect(await schedule.install(request)).toMatchObject({ change: 'none' });
    expect(crontab.content()).toBe(before + BLOCK);
    expect(await schedule.install(everySix)).toMatchObject({ change: 'replace' });
    expect(await schedule.status()).toMatchObject({ everyMinutes: 360 });
    await schedule.remove();
    expect(crontab.content()).toBe(before);
  });

  it('changes nothing when its block is damaged', async () => {
    const damaged = `# mine\n${BLOCK.replace(/# <<<.*\n/, '')}5 4 * * * true\n`;
    await write(damaged);
    const works = [
      () => schedule.install(request),
      () => schedule.plan(request),
      () => schedule.status(),
      () => schedule.remove(),
    ];
    for (const work of works) {
      await expect(work()).rejects.toMatchObject({
        code: 'schedule-unavailable',
        details: { program: 'crontab', reason: 'block-damaged', message: 'line 2' },
      });
    }
    expect(crontab.content()).toBe(damaged);
  });

  it('runs, as cron would, whatever is in the paths', async () => {
    const home = join(folder, `it's 100% "odd" $HOME \`id\` \\ é; #`);
    const script = join(home, 'index.js');
    const out = join(folder, 'out.json');
    mkdirSync(home);
    writeFileSync(
      script,
      `require('node:fs').writeFileSync(${JSON.stringify(out)}, JSON.stringify({ argv: process.argv.slice(1), env: process.env }));
       console.log('report'); console.error('trouble');`,
    );
    const environment = { JETON_HOME: home, JETON_MASTER_KEY_FILE: join(home, 'key') };
    await schedule.install({
      ...request,
      command: { program: process.execPath, args: [script, 'slack', 'refresh'], environment },
    });

    const [, line = ''] = Buffer.from(crontab.content() ?? '', 'latin1')
      .toString('utf8')
      .split('\n');
    const entry = line.split(' ').slice(5).join(' ');
    // crontab(5): the command ends at the first % without a backslash, and the backslashes go.
    const [shellCommand = '', ...input] = entry.split(/(?<!\\)%/);
    expect(input).toEqual([]);
    const bare = { HOME: '/nonexistent', LOGNAME: 'ada', PATH: '/usr/bin:/bin', SHELL: '/bin/sh' };
    const said = execFileSync('/bin/sh', ['-c', `{ ${shellCommand.replaceAll('\\%', '%')} ; } 2>&1`], {
      env: bare,
    });
    expect(said.toString()).toBe('trouble\n');
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      argv: [script, 'slack', 'refresh'],
      env: environment,
    });
    expect(await schedule.status()).toMatchObject({ command: expect.stringContaining('100% "odd"') });
  });
});

describe('a crontab that cannot be used', () => {
  const saying = (script: string) => {
    const path = join(folder, 'crontab');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o700);
    return new CrontabSchedule({ run: runSchedulerCommand, crontab: [path] });
  };

  it.each([
    [
      'not-allowed',
      "echo 'You (ada) are not allowed to use this program (crontab)' >&2; exit 1",
      'You (ada) are not',
    ],
    ['failed', 'echo oops >&2; exit 3', 'oops'],
    ['failed', 'exit 3', 'exit code 3'],
    ['failed', 'kill -9 $$', ''],
  ])('says %s', async (reason, script, message) => {
    await expect(saying(script).install(request)).rejects.toMatchObject({
      code: 'schedule-unavailable',
      details: { reason, message: expect.stringContaining(message) },
    });
  });

  it('says that it is missing', async () => {
    const schedule = new CrontabSchedule({ run: runSchedulerCommand, crontab: [join(folder, 'nowhere')] });
    await expect(schedule.status()).rejects.toMatchObject({
      code: 'schedule-unavailable',
      details: { reason: 'missing' },
    });
  });

  it('says what was refused on writing, though the input was never read', async () => {
    const schedule = saying("[ $1 = -l ] && exit 0; exec <&-; echo 'command too long' >&2; exit 1");
    const long = { ...command, args: ['x'.repeat(500_000)] };
    await expect(schedule.install({ ...request, command: long })).rejects.toMatchObject({
      details: { reason: 'failed', message: 'command too long' },
    });
  });
});

const odd: ScheduledCommand = {
  program: '/Applications/A & B/node',
  args: ['/x/<"1">.js', 'slack', 'refresh'],
  environment: { JETON_HOME: '/Users/ada/Library/Application Support/Jeton' },
};

describe('launchd', () => {
  it('gets an agent', () => {
    expect(renderLaunchAgent({ everyMinutes: 720, offsetMinutes: 77 }, odd))
      .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>Label</key>
<string>jeton.schedule</string>
<key>ProgramArguments</key>
<array>
<string>/Applications/A &amp; B/node</string>
<string>/x/&lt;&quot;1&quot;&gt;.js</string>
<string>slack</string>
<string>refresh</string>
</array>
<key>EnvironmentVariables</key>
<dict>
<key>JETON_HOME</key><string>/Users/ada/Library/Application Support/Jeton</string>
</dict>
<key>StartCalendarInterval</key>
<array>
<dict>
<key>Hour</key><integer>1</integer>
<key>Minute</key><integer>17</integer>
</dict>
<dict>
<key>Hour</key><integer>13</integer>
<key>Minute</key><integer>17</integer>
</dict>
</array>
<key>ProcessType</key>
<string>Background</string>
</dict>
</plist>
`);
  });

  it('reads back every interval', () => {
    for (const everyMinutes of CRON_INTERVALS) {
      expect(readLaunchAgent(renderLaunchAgent({ everyMinutes, offsetMinutes: 0 }, odd))).toEqual({
        everyMinutes,
        command: '/Applications/A & B/node /x/<"1">.js slack refresh',
      });
    }
  });

  /** launchctl as far as it matters: what is loaded, and that `bootout` takes its time. */
  function fakeLaunchctl(refusals = 0) {
    const calls: string[] = [];
    let loaded = false;
    const run = (argv: readonly string[]): Promise<CommandResult> => {
      calls.push(argv.join(' '));
      const succeed = (() => {
        switch (argv[1]) {
          case 'print':
            return loaded;
          case 'bootout':
            return !(loaded = false);
          case 'bootstrap':
            return (loaded = refusals-- <= 0);
          default:
            return false;
        }
      })();
      const stderr = succeed ? '' : 'Bootstrap failed: 5: Input/output error';
      return Promise.resolve({ exitCode: succeed ? 0 : 5, stdout: Buffer.from(''), stderr });
    };
    return { run, calls, unload: () => (loaded = false) };
  }

  it('is loaded once, replaced, and removed', async () => {
    const { run, calls, unload } = fakeLaunchctl(1);
    const schedule = new LaunchdSchedule({ run, homedir: folder, uid: 501 });
    const file = join(folder, 'Library/LaunchAgents/jeton.schedule.plist');
    expect(await schedule.status()).toEqual({ installed: false });
    expect(await schedule.install(request)).toMatchObject({ where: file, change: 'add' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(calls.filter((call) => call.includes('boot'))).toEqual([
      `launchctl bootstrap gui/501 ${file}`,
      `launchctl bootstrap gui/501 ${file}`,
    ]);
    expect(await schedule.install(request)).toMatchObject({ change: 'none' });
    expect(await schedule.status()).toMatchObject({ installed: true, where: file, everyMinutes: 240 });
    expect(await schedule.install(everySix)).toMatchObject({ change: 'replace' });
    expect(calls).toContain('launchctl bootout gui/501/jeton.schedule');
    unload();
    expect(await schedule.status()).toEqual({ installed: false });
    expect(await schedule.install(everySix)).toMatchObject({ change: 'replace' });
    expect(await schedule.remove()).toBe(true);
    expect(await schedule.remove()).toBe(false);
  });

  it('says what launchctl says in the end', async () => {
    const schedule = new LaunchdSchedule({ ...fakeLaunchctl(99), homedir: folder, uid: 501 });
    await expect(schedule.install(request)).rejects.toMatchObject({
      details: { program: 'launchctl', reason: 'failed', message: 'Bootstrap failed: 5: Input/output error' },
    });
  });
});

describe('Task Scheduler', () => {
  const windows: ScheduledCommand = {
    program: String.raw`C:\Program Files\nodejs\node.exe`,
    args: [
      String.raw`C:\A & B\index.js`,
      '--home',
      String.raw`C:\it "is"\ ${''}`.trimEnd(),
      'slack',
      'refresh',
    ],
    environment: {},
  };

  it('gets a task', () => {
    const task = renderTask({ everyMinutes: 240, offsetMinutes: 77 }, windows);
    expect(task).toContain('<Interval>PT240M</Interval>');
    expect(task).toContain('<StartBoundary>2026-01-01T01:17:00</StartBoundary>');
    expect(task).toContain(String.raw`<Command>C:\Program Files\nodejs\node.exe</Command>`);
    expect(task).toContain(
      String.raw`<Arguments>&quot;C:\A &amp; B\index.js&quot; --home &quot;C:\it \&quot;is\&quot;\\&quot; slack refresh</Arguments>`,
    );
  });

  it.each([
    ['PT240M', 240],
    ['PT4H', 240],
    ['PT1H30M', 90],
    ['P1D', 1440],
    ['P1M', undefined],
  ])('reads %s as %s minutes', (interval, everyMinutes) => {
    const task = renderTask(request.recurrence, windows).replace('PT240M', interval);
    expect(readTask(task)).toEqual({
      everyMinutes,
      command: String.raw`C:\Program Files\nodejs\node.exe "C:\A & B\index.js" --home "C:\it \"is\"\\" slack refresh`,
    });
  });

  /** schtasks as far as it matters: one task by name, a list, and the file that was given. */
  function fakeSchtasks() {
    let task: string | undefined;
    const argvs: (readonly string[])[] = [];
    const run = (argv: readonly string[]): Promise<CommandResult> => {
      argvs.push(argv);
      const answer = (stdout: string) => ({ exitCode: 0, stdout: Buffer.from(stdout), stderr: '' });
      const after = (option: string) => argv[argv.indexOf(option) + 1] ?? '';
      if (argv[1] === '/Create') {
        const bytes = readFileSync(after('/XML'));
        // Like schtasks: a document that is not UTF-16 with its mark is not understood.
        task = bytes.readUInt16LE() === 0xfeff ? bytes.toString('utf16le').slice(1) : undefined;
      }
      if (argv[1] === '/Delete') task = undefined;
      if (argv.includes('/TN') && argv[1] === '/Query') return Promise.resolve(answer(task ?? ''));
      const mine = task === undefined ? '' : '"\\SlackTokenRefresh","28/02/2026 01:17:00","Prêt"\r\n';
      return Promise.resolve(answer(`"\\SlackTokenRefreshOld","N/A","Prêt"\r\n${mine}`));
    };
    return { run, argvs };
  }

  it('is created, replaced, shown and deleted', async () => {
    const { run, argvs } = fakeSchtasks();
    const schedule = new TaskSchedulerSchedule({ run });
    const planned = { ...request, command: windows };
    expect(await schedule.status()).toEqual({ installed: false });
    expect(await schedule.plan(planned)).toMatchObject({ where: 'SlackTokenRefresh', change: 'add' });
    await schedule.install(planned);
    expect(await schedule.status()).toMatchObject({
      installed: true,
      where: 'SlackTokenRefresh',
      everyMinutes: 240,
    });
    expect(await schedule.install({ ...planned, recurrence: everySix.recurrence })).toMatchObject({
      change: 'replace',
    });
    expect(await schedule.status()).toMatchObject({ everyMinutes: 360 });
    expect(await schedule.remove()).toBe(true);
    expect(await schedule.remove()).toBe(false);
    expect(argvs.filter(([, verb]) => verb === '/Create').map((argv) => argv.toSpliced(5, 1))).toEqual(
      Array.from({ length: 2 }, () => ['schtasks', '/Create', '/TN', 'SlackTokenRefresh', '/XML', '/F']),
    );
  });
});

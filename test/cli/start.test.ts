import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI, createTestCli, startProcess } from '../support/cli.ts';

/** A Node of this machine that is too old for Jeton, if it has one. */
function findOldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find(
      (path) =>
        Number(execFileSync(path, ['-p', 'parseInt(process.versions.node)'], { encoding: 'utf8' })) < 22,
    );
}

describe('on a Node that is too old', () => {
  async function runOld(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const cli = createTestCli();
    const old = findOldNode();
    const pretend = join(dirname(cli.keyFile), 'pretend.cjs');
    writeFileSync(pretend, `Object.defineProperty(process.versions, 'node', { value: '20.19.0' });`);
    const argv = old === undefined ? [process.execPath, '--require', pretend, CLI] : [old, CLI];
    return startProcess([...argv, ...args], { env: { ...env, JETON_HOME: cli.home } }).result();
  }

  test('says in one line what is needed, and ends with 69', async () => {
    const { code, stdout, stderr } = await runOld(['status']);
    expect(code).toBe(69);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Jeton needs Node\.js 22\.12 or newer; this is 20\.\d+\.\d+\..*nodejs\.org\n$/);
  });

  test('says it in French', async () => {
    expect((await runOld(['status', '--lang', 'fr'])).stderr).toContain('plus récent');
    expect((await runOld(['status'], { LANG: 'fr_FR.UTF-8' })).stderr).toContain('plus récent');
  });

  test('says it as JSON', async () => {
    const { code, stdout } = await runOld(['status', '--json']);
    expect(code).toBe(69);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'machine-unsuitable' } });
  });
});

describe('a first look', () => {
  test('at nothing says what to do next, and leaves nothing behind', async () => {
    const cli = createTestCli();
    const { code, stdout, stderr } = await cli.run(['status']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('Nothing to keep fresh yet.');
    for (const command of ['jeton database connect', 'jeton slack add', 'jeton doctor']) {
      expect(stdout).toContain(command);
    }
    expect(existsSync(cli.home)).toBe(false);
  });

  test('as JSON is one document', async () => {
    const { code, document } = await createTestCli().json(['status']);
    expect(code).toBe(0);
    expect(document).toEqual({
      revision: 0,
      paused: null,
      sentence: 'Nothing to keep fresh yet.',
      sources: [
        { source: 'local', state: 'connected', error: null },
        { source: 'app', state: 'not-connected', error: null },
      ],
      vault: 'missing',
      integrations: [],
      targets: [],
    });
  });

  test('at a home that is there keeps compiled code in it, and nothing else', async () => {
    const cli = createTestCli();
    expect((await cli.run(['config', 'set', 'language', 'fr'])).code).toBe(0);
    const { stdout } = await cli.run(['status']);
    expect(stdout).toContain('Rien à garder à jour');
    expect(readdirSync(cli.home).sort()).toEqual(['cache', 'settings.json']);
  });
});

/** What `jeton status` makes Node load: parts of Node's own, and files of Jeton's. */
async function loadedByStatus(): Promise<{
  readonly own: readonly string[];
  readonly files: readonly string[];
}> {
  const cli = createTestCli();
  expect((await cli.run(['vault', 'init'])).code).toBe(0);
  const loaded = join(dirname(cli.keyFile), 'loaded.json');
  const record = join(dirname(cli.keyFile), 'record.cjs');
  writeFileSync(
    record,
    `const files = [];
     process.getBuiltinModule('module').registerHooks({
       load(url, context, next) { files.push(url); return next(url, context); },
     });
     process.on('exit', () => process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(loaded)},
       JSON.stringify({ own: process.moduleLoadList, files })));`,
  );
  const { code } = await cli.run(['status'], { env: { NODE_OPTIONS: `--require=${record}` } });
  expect(code).toBe(0);
  const lists = z.object({ own: z.array(z.string()), files: z.array(z.string()) });
  return lists.parse(JSON.parse(readFileSync(loaded, 'utf8')));
}

/** Each costs milliseconds of the hundred that it has. */
test('status does without what is heavy, and without many small files', async () => {
  const { own, files } = await loadedByStatus();
  expect(own).toContain('NativeModule fs');
  for (const name of [
    'fs/promises',
    'readline',
    'child_process',
    'http',
    'https',
    'tls',
    'dns',
    'worker_threads',
  ]) {
    expect(own).not.toContain(`NativeModule ${name}`);
  }
  const ofJeton = files.filter((url) => url.includes('/out/cli/'));
  expect(ofJeton).toContainEqual(expect.stringMatching(/main\.js$/));
  expect(ofJeton.length).toBeLessThan(10);
});

describe('help', () => {
  const levels = [
    [],
    ['status'],
    ['slack'],
    ['slack', 'add'],
    ['slack', 'refresh'],
    ['database', 'connect'],
    ['schedule', 'install'],
    ['logs'],
    ['vault', 'unlock'],
    ['config', 'set'],
  ];

  test.each(levels.map((level) => [level.join(' ') || 'jeton', level] as const))(
    'of %s has its usage and an example',
    async (_, level) => {
      const { code, stdout, stderr } = await createTestCli().run([...level, '--help']);
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain(`Usage: ${['jeton', ...level].join(' ')}`);
      expect(stdout).toMatch(/Examples?:\n {2}jeton /);
    },
  );

  test.each(levels.map((level) => [level.join(' ') || 'jeton', level] as const))(
    'of %s is French from top to bottom',
    async (_, level) => {
      const { stdout } = await createTestCli().run([...level, '--help', '--lang', 'fr']);
      expect(stdout).toContain('Usage\u00a0:');
      expect(stdout).toMatch(/Exemples?\u00a0:/);
      expect(stdout).not.toMatch(
        /\b(Usage:|Options:|Commands:|Global|Arguments:|default|display|output the)\b/,
      );
    },
  );

  test('is what bare jeton says, and `jeton help COMMAND`', async () => {
    const cli = createTestCli();
    const bare = await cli.run([]);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(bare.stdout).toBe((await cli.run(['--help'])).stdout);
    expect((await cli.run(['help', 'status'])).stdout).toContain('Usage: jeton status');
  });

  test('and version are documents too', async () => {
    const cli = createTestCli();
    expect((await cli.json(['--version'])).document).toEqual({
      text: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect((await cli.json(['slack', '--help'])).document).toEqual({
      text: expect.stringContaining('Usage: jeton slack'),
    });
  });
});

describe('a command line that makes no sense', () => {
  const cases: readonly [string, readonly string[], string, string][] = [
    ['an unknown command', ['statsu'], 'no command “statsu”', 'Did you mean status?'],
    ['a verb without its group', ['refresh'], 'no command “refresh”', 'Did you mean jeton slack refresh?'],
    ['an exchange without its group', ['exchange', 'app:1'], '“exchange”', 'mean jeton slack exchange?'],
    ['a verb of several groups', ['list'], 'no command “list”', 'jeton slack list | jeton'],
    ['a verb and its options', ['add', '--name', 'Ops'], 'no command “add”', 'jeton slack add'],
    ['an unknown subcommand', ['slack', 'refersh'], 'no command “refersh”', 'Did you mean refresh?'],
    ['an unknown option', ['slack', 'refresh', '--forse'], 'no option --forse', 'Did you mean --force?'],
    ['a group without a command', ['slack'], 'needs one of its commands', 'jeton slack --help'],
    ['a missing argument', ['config', 'get'], 'missing: <key>', 'jeton config get --help'],
    ['an option without its value', ['activity', '--id'], '--id <ID> needs a value', 'jeton activity --help'],
    ['too many arguments', ['status', 'now'], 'more than this command takes', 'jeton status --help'],
    ['a number that is none', ['activity', '-n', 'ten'], '“ten” does not fit -n', '--help'],
    ['a language Jeton lacks', ['status', '--lang', 'de'], '“de” does not fit --lang', '--help'],
    ['an id that is empty', ['slack', 'refresh', '--id='], '--id needs a value', 'jeton slack list'],
    ['an id that is blank', ['slack', 'pause', ' '], '--id needs a value', 'jeton slack list'],
    [
      'yes and no',
      ['export', '--restart', '--no-restart'],
      'one of --restart, --no-restart',
      'export --help',
    ],
    [
      'no and yes',
      ['export', '--no-restart', '--restart'],
      'one of --restart, --no-restart',
      'export --help',
    ],
    ['an id that is not given', ['slack', 'pause'], 'Which integration?', 'jeton slack list'],
  ];

  test.each(cases)('%s: one line, a way out, exit code 2', async (_, args, message, remedy) => {
    const { code, stdout, stderr } = await createTestCli().run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')[0]).toContain(message);
    expect(stderr).toContain(remedy);
  });

  test('is one document with --json', async () => {
    const { code, document } = await createTestCli().json(['slack', 'refersh']);
    expect(code).toBe(2);
    expect(document).toEqual({
      error: { code: 'usage', message: 'There is no command “refersh”.', remedy: 'Did you mean refresh?' },
    });
  });

  test('is answered in French', async () => {
    const { stderr } = await createTestCli().run(['slack', 'refersh', '--lang=fr']);
    expect(stderr).toContain('Il n’y a pas de commande');
    expect(stderr).not.toMatch(/unknown|error|mean/);
  });

  test('with a secret in it does not repeat the secret', async () => {
    for (const args of [
      ['slack', 'add', '--client-secret=test-client-secret-9'],
      ['slack', 'add', '--refresh-token', 'xoxe-1-test-refresh-9'],
      ['xoxe-1-test-refresh-9'],
      ['slack', 'pause', 'local:1', 'xoxe-1-test-refresh-9'],
      ['slack', 'pause', 'xoxe-1-test-refresh-9'],
      ['config', 'get', 'xoxe-1-test-refresh-9', '--json'],
      ['activity', '-n', 'xoxe-1-test-refresh-9'],
    ]) {
      const { code, stdout, stderr } = await createTestCli().run(args);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain('-9');
    }
  });
});

describe('colour', () => {
  test('is for terminals, and for those who force it', async () => {
    const cli = createTestCli();
    const escape = '\u001b[';
    expect((await cli.run(['status'])).stdout).not.toContain(escape);
    expect((await cli.run(['status'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(escape);
    expect((await cli.run(['status'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain(
      escape,
    );
    expect((await cli.run(['status', '--json'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain(escape);
  });
});

/**
 * The canary search: everything the command line does, with secrets that the test knows; then none of them may be
 * anywhere but where it belongs. Looked at are what commands print, every file they leave behind (temporary ones and
 * the crontab, too), and what other users of the machine see of their processes.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { MIGRATIONS } from '../src/node/database/migrations.ts';
import { openStore } from '../src/node/database/open.ts';
import { startSlackSimulator, type SlackSimulator } from './simulators/slack.ts';
import { startWebhookSink, type WebhookSink } from './simulators/webhook-sink.ts';
import { startWorldlineSimulator } from './simulators/worldline.ts';
import { makeApplicationHarness, type ApplicationHarness } from './support/application-database.ts';
import {
  type CliOptions,
  type CliResult,
  createTestCli,
  type RunningCli,
  type TestCli,
} from './support/cli.ts';
import { realCrontab, standInCrontab, type TestCrontab } from './support/crontab-user.ts';
import { startDockerd, type TestDockerd } from './support/dockerd.ts';
import { ANY_SCREEN, headlessBrowser } from './support/headless-browser.ts';
import { personAt } from './support/person.ts';
import { connectTo, startPostgres, type TestPostgres } from './support/postgres.ts';
import { type ProcessWatch, watchProcesses } from './support/process-watch.ts';
import { filesIn, formsOf, type Place, SecretSearch } from './support/secret-search.ts';
import { temporaryHome } from './support/temporary-home.ts';

vi.setConfig({ testTimeout: 240_000 });

const HOUR = 3_600_000;

function random(): string {
  return randomBytes(18).toString('base64url');
}

// ── What is known of a secret, and where it may be ──────────────────────────────────────────────────────

interface Canary {
  readonly name: string;
  readonly secret: string | Buffer;
  /** Parts of it are no secret. */
  readonly whole: boolean;
  /** Where the test itself put it. */
  readonly shownIn: 'argv' | 'environment' | undefined;
}

/** One home with all that belongs to it, and everything that was seen of it. */
class Scene {
  readonly cli: TestCli;
  readonly folder = temporaryHome();
  readonly temp = join(this.folder, 'temp');
  readonly user = join(this.folder, 'user');
  readonly watch: ProcessWatch;
  readonly masterKey = randomBytes(32).toString('base64');
  readonly #canaries: Canary[] = [];
  readonly #seen: Place[] = [];
  readonly #environments: Place[] = [];

  constructor(env: NodeJS.ProcessEnv) {
    mkdirSync(this.temp);
    mkdirSync(this.user);
    this.cli = createTestCli({ HOME: this.user, TMPDIR: this.temp, ...env });
    writeFileSync(this.cli.keyFile, `${this.masterKey}\n`, { mode: 0o600 });
    this.know('the master key', this.masterKey);
    this.know('the master key’s bytes', Buffer.from(this.masterKey, 'base64'));
    this.watch = watchProcesses(this.cli.home);
    onTestFinished(() => this.watch.stop());
  }

  know(name: string, secret: string | Buffer, { whole = false, shownIn }: Partial<Canary> = {}): void {
    this.#canaries.push({ name, secret, whole, shownIn });
  }

  /** `exits`: the exit code, or `failing` for any but 0. `mayShow`: the output was asked for a secret. */
  async run(
    args: readonly string[],
    {
      exits,
      mayShow = false,
      ...options
    }: CliOptions & { readonly exits?: number | 'failing'; readonly mayShow?: boolean } = {},
  ): Promise<CliResult> {
    const result = await this.cli.run(args, options);
    if (!mayShow) this.heard(args, result);
    const { code, stdout, stderr } = result;
    const isAsExpected = exits === undefined || (exits === 'failing' ? code !== 0 : code === exits);
    if (!isAsExpected) throw new Error(`jeton ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return result;
  }

  heard(args: readonly string[], { stdout, stderr }: CliResult): void {
    const name = `jeton ${args.join(' ')}`;
    this.see({ name: `stdout of ${name}`, bytes: Buffer.from(stdout) });
    this.see({ name: `stderr of ${name}`, bytes: Buffer.from(stderr) });
  }

  see(...places: readonly Place[]): void {
    this.#seen.push(...places);
  }

  seeEnvironment(place: Place): void {
    this.#environments.push(place);
  }

  /** What is on the disk at this moment; it may be overwritten later. */
  lookAtFiles(when: string): void {
    this.see(...filesIn(this.cli.home, `home, ${when}`), ...filesIn(this.temp, `TMPDIR, ${when}`));
    this.see(...filesIn(this.user, `HOME, ${when}`));
  }

  /** Everything that was found; and that it was looked for in the right places. */
  findings(): string[] {
    this.watch.stop();
    const search = (where?: Canary['shownIn']): SecretSearch => {
      const wanted = new SecretSearch();
      for (const { name, secret, whole, shownIn } of this.#canaries) {
        if (where === undefined || shownIn !== where) wanted.add(name, secret, { whole });
      }
      return wanted;
    };
    return [
      ...search().find(this.#seen),
      ...search('argv').find(this.watch.argv),
      ...search('environment').find([...this.watch.environments, ...this.#environments]),
    ];
  }

  /** Whether a text that is no secret is in what was seen, by the name of the place. */
  isSeen(text: string, place: RegExp): boolean {
    return this.#seen.some(({ name, bytes }) => place.test(name) && bytes.includes(text));
  }
}

// ── The search finds what it looks for ──────────────────────────────────────────────────────────────────

describe('the search', () => {
  const secret = `xoxe-1-test-é"/${random()}`;
  /** A byte of chance beside a part of the secret may be the next one of the secret. */
  const end = Buffer.alloc(1);
  const hidden = (bytes: Buffer): Place[] => [
    { name: 'a file', bytes: Buffer.concat([randomBytes(4096), end, bytes, end, randomBytes(99)]) },
  ];

  test.each(formsOf(secret).map(({ form, bytes }) => [form, bytes] as const))(
    'finds a secret that was hidden as %s',
    (form, bytes) => {
      const search = new SecretSearch();
      search.add('a token', secret);
      expect(search.find(hidden(bytes))).toContain(`a token (${form}) in a file`);
    },
  );

  test('finds a secret within a longer text that was encoded as a whole', () => {
    const search = new SecretSearch();
    search.add('a token', secret);
    for (const before of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${before}${secret}xyz`);
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        expect(search.find(hidden(Buffer.from(text.toString(encoding))))).toHaveLength(1);
      }
    }
  });

  test('finds 16 characters of it, from anywhere, and not 15', () => {
    const search = new SecretSearch();
    search.add('a token', secret);
    for (let at = 0; at + 16 <= secret.length; at += 1) {
      expect(search.find(hidden(Buffer.from(secret.slice(at, at + 16))))).toHaveLength(1);
    }
    expect(search.find(hidden(Buffer.from(secret.slice(-15))))).toEqual([]);
    expect(search.find(hidden(Buffer.from('nothing of the kind')))).toEqual([]);
  });

  test('finds it in the files of a folder, and in what other users see of a process', async () => {
    const scene = new Scene({});
    const [typed, given] = [random(), random()];
    scene.know('typed', typed);
    scene.know('given', given);
    scene.know('kept', secret);
    mkdirSync(join(scene.temp, 'deep'));
    writeFileSync(join(scene.temp, 'deep', 'file'), `…${secret}…`);
    await scene.run(['vault', 'init']);
    scene.lookAtFiles('at the end');
    const running = scene.cli.start(['logs', '--follow', '--home', typed], { env: { CANARY: given } });
    const isSeen = (): boolean => scene.watch.argv.some(({ name }) => name.includes('logs --follow'));
    await vi.waitUntil(isSeen, { timeout: 10_000 });
    running.child.kill('SIGKILL');
    await running.result();

    const findings = scene.findings();
    expect(findings).toContain('kept (plain) in TMPDIR, at the end/deep/file');
    expect(findings).toContainEqual(expect.stringMatching(/^typed \(plain\) in argv of .*logs --follow/));
    expect(findings).toContainEqual(expect.stringMatching(/^given \(plain\) in environment of .*logs/));
  });
});

// ── Slack, the application's database, schedules, alerts ────────────────────────────────────────────────

/** A URL whose password is none that could be guessed, and has to be encoded in a URL. */
async function createDatabase(
  postgres: TestPostgres,
): Promise<{ url: URL; password: string; rows: ApplicationHarness }> {
  const url = new URL(await postgres.createDatabase());
  const rows = await makeApplicationHarness(url.href, { config: 'text' });
  onTestFinished(() => rows.dispose());
  const password = `${random()}@é/?%"`;
  const user = `canary_${url.pathname.slice(1)}`;
  await rows.client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  await rows.client.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`);
  url.username = user;
  url.password = encodeURIComponent(password);
  return { url, password, rows };
}

/** A `crontab` on the PATH that writes down what it is given before it does it. */
function recordedCrontab(folder: string): { crontab: TestCrontab; path: string; record: string } {
  const crontab = process.getuid?.() === 0 ? realCrontab() : standInCrontab();
  onTestFinished(() => crontab.dispose());
  const path = join(folder, 'bin');
  const record = join(folder, 'crontab-calls');
  mkdirSync(path);
  writeFileSync(
    join(path, 'crontab'),
    `#!/bin/sh\necho "crontab $*" >>'${record}'\nenv >>'${record}.environment'\nPATH='${process.env['PATH'] ?? ''}' exec ${crontab.argv.join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
  return { crontab, path, record };
}

describe('no secret is left behind', () => {
  let postgres: TestPostgres;
  let slack: SlackSimulator;
  let sink: WebhookSink;
  beforeAll(async () => {
    [postgres, slack, sink] = await Promise.all([startPostgres(), startSlackSimulator(), startWebhookSink()]);
  });
  afterAll(() => Promise.all([postgres.dispose(), slack.stop(), sink.stop()]));

  type Chain = ReturnType<SlackSimulator['issueChain']>;

  test('by Slack integrations and what keeps them fresh', async () => {
    const { url, password, rows } = await createDatabase(postgres);
    const recorder = temporaryHome();
    const { crontab, path, record } = recordedCrontab(recorder);
    const scene = new Scene({
      JETON_SLACK_API_URL: slack.url,
      PATH: `${path}:${process.env['PATH'] ?? ''}`,
    });
    const { cli } = scene;
    scene.know('the database’s password', password);
    scene.know('the database’s URL', url.href, { whole: true });
    scene.know('the webhook’s secret', sink.secret);
    const known = new Set<string>();
    const learnFromSlack = (): void => {
      for (const secret of slack.secrets().filter((one) => !known.has(one))) {
        scene.know('of Slack’s', secret, { whole: true });
        // What is before this is in all of them.
        scene.know('of Slack’s', secret.slice(-24));
      }
    };
    /** To be put into an environment or a command line by the test itself. */
    const shown = (where: 'argv' | 'environment', secret: string): string => {
      known.add(secret);
      scene.know(`shown in ${where}`, secret, { shownIn: where });
      return secret;
    };
    const add = (name: string, { clientId, clientSecret, refreshToken }: Chain, ...more: string[]) => {
      const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
      const input = `${clientSecret}\n${refreshToken}\n`;
      return scene.run(['slack', 'add', '--name', name, '--client-id', clientId, ...files, ...more], {
        input,
      });
    };
    const force = ['slack', 'refresh', '--force'];

    // Nothing yet: first looks, help, and a command line that makes no sense.
    for (const args of [[], ['status'], ['slack', 'add', '--help'], ['vault', 'status'], ['doctor']]) {
      await scene.run(args);
    }
    const typed = shown('argv', `xoxe-1-typed-${random()}`);
    for (const args of [
      ['slack', 'add', `--client-secret=${typed}`],
      ['slack', 'add', '--refresh-token', typed],
      ['slack', 'pause', typed],
      ['slack', 'refresh', '--id', typed, '--json'],
      ['slack', 'refresh', typed],
      ['config', 'get', typed],
      ['config', 'set', 'slack.concurrency', typed],
      ['activity', '-n', typed],
      ['status', '--lang', typed],
      ['vault', 'export-recovery-key', '--out', `/nonexistent/${typed}`],
      ['database', 'connect', '--url', `postgresql://canary:${typed}@127.0.0.1/x`],
      [typed, '--verbose'],
    ]) {
      await scene.run(args, { exits: 'failing' });
    }

    // A vault; the database, with everything that can be wrong with its URL.
    await scene.run(['vault', 'init', '--verbose'], { exits: 0 });
    const wrong = [
      Object.assign(new URL(url), { password: `not-${random()}` }).href,
      Object.assign(new URL(url), { port: '9' }).href,
      Object.assign(new URL(url), { pathname: '/not-there' }).href,
      url.href.replace('postgresql:', 'mysql:'),
      `postgresql://${url.username}:${password}@${url.host}${url.pathname}`,
      url.href.replace(`@${url.host}`, `#@${url.host}`),
      password,
    ];
    for (const input of wrong) {
      scene.know('a wrong database URL', input, { whole: true });
      await scene.run(['database', 'connect', '--verbose'], { exits: 'failing', input });
      await scene.run(['database', 'connect', '--json'], { exits: 'failing', input });
    }
    const parts = {
      DB_HOST: url.hostname,
      DB_PORT: url.port,
      DB_USER: url.username,
      DB_NAME: url.pathname.slice(1),
      DB_PASSWORD: shown('environment', `wrong-${random()}`),
    };
    await scene.run(['database', 'test', '--verbose'], { exits: 3, env: parts });
    await scene.run(['status', '--lang', 'fr'], { exits: 3, env: parts });
    await scene.run(['database', 'connect', '--verbose'], { exits: 0, input: url.href });

    // Rows of the application: due, lacking, broken in the middle of a secret, long-lived.
    const inDatabase = slack.issueChain();
    const due = await rows.seed({ ...inDatabase, enabled: true, expiresAt: Date.now() + HOUR / 4 });
    const lacking = slack.issueChain();
    await rows.insert(JSON.stringify({ refresh_token: lacking.refreshToken }), lacking.accessToken);
    await rows.insert(`{"refresh_token": "${slack.issueChain().refreshToken}`);
    const { clientId, clientSecret, accessToken } = slack.issueLongLived();
    const longLived = await rows.insert(
      JSON.stringify({ client_id: clientId, client_secret: clientSecret }),
      accessToken,
    );
    for (const args of [
      ['database', 'test'],
      ['slack', 'list'],
      ['slack', 'refresh', '--dry-run', '--verbose'],
    ]) {
      await scene.run(args);
      await scene.run([...args, '--json']);
    }
    const backfill = ['slack', 'backfill', '--client-id', lacking.clientId, '--client-secret-file', '-'];
    await scene.run(backfill, { exits: 0, input: lacking.clientSecret });
    await scene.run(['slack', 'exchange', longLived, '--verbose'], { exits: 0 });
    await scene.run(['slack', 'refresh', '--verbose'], { exits: 4 });

    // Integrations of Jeton's own, by every way that a secret may take.
    const chains = { ops: slack.issueChain(), env: slack.issueChain(), file: slack.issueChain() };
    expect((await add('Ops', chains.ops, '--verbose')).code).toBe(0);
    const inEnvironment = {
      JETON_SLACK_CLIENT_SECRET: shown('environment', chains.env.clientSecret),
      JETON_SLACK_REFRESH_TOKEN: shown('environment', chains.env.refreshToken),
      JETON_SLACK_ACCESS_TOKEN: shown('environment', chains.env.accessToken),
    };
    const byName = ['slack', 'add', '--name', 'Env', '--client-id', chains.env.clientId];
    await scene.run(byName, { exits: 0, env: inEnvironment });
    const secretFile = join(recorder, 'secret');
    writeFileSync(secretFile, `${chains.file.clientSecret}\n`);
    const fromFile = ['--client-secret-file', secretFile, '--refresh-token-file', '-'];
    const asFile = ['slack', 'add', '--name', 'File', '--client-id', chains.file.clientId, ...fromFile];
    await scene.run(asFile, { exits: 0, input: chains.file.refreshToken });
    expect((await add('Twice', chains.file)).code).not.toBe(0);
    expect((await add('Empty', { ...chains.file, refreshToken: ' ' })).code).toBe(2);
    const refused = slack.issueChain();
    slack.revoke(refused);
    expect((await add('Refused', refused, '--json')).code).toBe(4);
    const updated = slack.issueChain();
    const update = ['slack', 'update', 'local:3', '--refresh-token-file', '-', '--verbose'];
    await scene.run(update, { exits: 0, input: updated.refreshToken });
    await scene.run(update, { exits: 4, input: refused.refreshToken });

    // Slack at its worst.
    const faults: readonly Parameters<SlackSimulator['inject']>[0][] = [
      { kind: 'error', error: 'internal_error' },
      { kind: 'error', error: chains.ops.clientSecret },
      { kind: 'error', error: 'bad_client_secret' },
      { kind: 'error', error: 'fatal_error', processed: true },
      { kind: 'rate-limited', retryAfterSeconds: 1 },
      { kind: 'html', status: 502 },
      { kind: 'html', status: 200, processed: true },
      { kind: 'reset' },
      { kind: 'reset', processed: true },
      { kind: 'truncated-json' },
      { kind: 'cut-body' },
      { kind: 'omit', field: 'access_token' },
      { kind: 'omit', field: 'refresh_token' },
      { kind: 'omit', field: 'expires_in' },
    ];
    for (const fault of faults) {
      slack.inject(fault, { times: 2 });
      await scene.run([...force, '--id', 'local:1', '--verbose']);
      slack.clearFaults();
      await scene.run([...force, '--id', 'local:1', '--json'], { exits: 0 });
    }
    const proxy = `http://canary:${shown('environment', random())}@127.0.0.1:9`;
    const behindProxy = { HTTPS_PROXY: proxy, JETON_SLACK_API_URL: 'https://slack.example.test/api' };
    for (const args of [[...force, '--verbose'], ['doctor'], ['config', 'list']]) {
      await scene.run(args, { env: behindProxy });
    }
    await scene.run(force);
    scene.lookAtFiles('in the middle');

    // Killed while Slack's answer is on its way, and while a received pair waits for its row.
    const requests = (): number => slack.ledger.length;
    const killed = async (args: readonly string[], when: () => Promise<unknown>): Promise<void> => {
      const running: RunningCli = cli.start(args);
      await when();
      running.child.kill('SIGKILL');
      scene.heard([...args, '(killed)'], await running.result());
      scene.lookAtFiles(`after ${args.join(' ')} was killed`);
    };
    const arrived = (from: number) => slack.waitFor(({ number }) => number > from);
    await rows.change(due, { expiresAt: Date.now() + 1_000 });
    slack.inject({ kind: 'hang', processed: true }, { method: 'oauth.v2.access' });
    const before = requests();
    await killed(['run', '--verbose'], () => arrived(before));
    await scene.run(['slack', 'refresh', '--verbose'], { exits: 4 });

    const holder = await connectTo(Object.assign(new URL(url)).href);
    slack.inject({ kind: 'none', latency: 2_000 }, { chain: inDatabase });
    const sent = requests();
    await killed([...force, '--id', due], async () => {
      await arrived(sent);
      await holder.query('BEGIN');
      await holder.query('SELECT * FROM alyawebapp_userintegration FOR UPDATE');
      await vi.waitUntil(
        async () => {
          const waiting = await rows.client.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
          );
          return waiting.rows.length > 0;
        },
        { timeout: 20_000 },
      );
    });
    await holder.end();
    expect((await scene.run(['doctor'])).stdout).toContain('1 received token pair waits to be written');
    await scene.run(['slack', 'refresh', '--verbose'], { exits: 4 });
    expect((await scene.run(['doctor', '--json'])).stdout).toContain('no received token waits');

    // Schedules, alerts, the life of an integration, logs.
    const install = ['schedule', 'install', '--every', '2h', '--test', '--verbose'];
    await scene.run(install, { exits: 0 });
    scene.see({ name: 'the crontab', bytes: Buffer.from(crontab.content() ?? '') });
    expect(crontab.content()).toContain('slack refresh');
    for (const args of [
      ['schedule', 'status'],
      ['schedule', 'remove', '--json'],
    ])
      await scene.run(args);
    scene.see({ name: 'what crontab was given', bytes: readFileSync(record) });
    scene.seeEnvironment({ name: 'crontab’s environment', bytes: readFileSync(`${record}.environment`) });

    const webhook = ['alerts', 'set-webhook'];
    await scene.run([...webhook, '--verbose'], { exits: 0, input: sink.slackUrl });
    await scene.run([...webhook, '--format', 'discord'], { exits: 0, input: sink.discordUrl });
    await scene.run([...webhook, '--json'], { exits: 2, input: `http://chat.example.test/${sink.secret}` });
    slack.revoke(updated);
    await scene.run([...force, '--id', 'local:3', '--verbose'], { exits: 4 });
    sink.inject({ kind: 'reset' }, { kind: 'status', status: 404, body: sink.discordUrl });
    for (const args of [['test'], ['test', '--json'], ['status'], ['off']]) {
      await scene.run(['alerts', ...args]);
    }
    for (const args of [
      ['slack', 'pause', 'local:1'],
      ['slack', 'resume', 'local:1', '--json'],
      ['status'],
      ['status', '--json', '--lang', 'fr'],
      ['activity', '-n', '500'],
      ['activity', '--json'],
      ['slack', 'remove', 'local:2', '--yes'],
      ['database', 'disconnect'],
      ['config', 'set', 'log.level', 'debug'],
      ['logs', '-n', '100000'],
    ]) {
      await scene.run(args);
    }
    const daemon = cli.start(['run', '--verbose']);
    await daemon.saying('Keeping');
    daemon.child.kill('SIGTERM');
    scene.heard(['run'], await daemon.result());

    // The key, where it was asked for and nowhere else; a vault that does not open.
    const recovery = join(recorder, 'recovery-key');
    await scene.run(['vault', 'export-recovery-key', '--out', recovery], { exits: 0 });
    await scene.run(['vault', 'export-recovery-key', '--out', recovery], { exits: 3 });
    const asked = ['vault', 'export-recovery-key', '--out', '-'];
    expect((await scene.run(asked, { mayShow: true })).stdout.trim()).toBe(scene.masterKey);
    const noKey = { JETON_MASTER_KEY_FILE: undefined };
    const unlock = ['vault', 'unlock', '--recovery-key-file', '-', '--verbose'];
    await scene.run(unlock, { exits: 5, env: noKey, input: scene.masterKey });
    const another = randomBytes(32).toString('base64');
    scene.know('another key', another);
    await scene.run(unlock, { exits: 5, env: noKey, input: another });
    for (const key of [randomBytes(32).toString('base64'), random()]) {
      const env = { ...noKey, JETON_MASTER_KEY: shown('environment', key) };
      await scene.run(['vault', 'status', '--verbose'], { exits: 5, env });
      await scene.run([...force, '--json'], { exits: 5, env });
    }

    // A backup of all of it, and a database that is too new.
    openStore(cli.home, [...MIGRATIONS, 'CREATE TABLE later (a)']).dispose();
    await scene.run(['status', '--verbose'], { exits: 3 });

    learnFromSlack();
    scene.lookAtFiles('at the end');
    expect(scene.findings()).toEqual([]);

    // What is no secret is where it is looked for.
    expect(slack.secrets().length).toBeGreaterThan(40);
    expect(scene.isSeen('Ops', /^home, at the end\/jeton\.db/)).toBe(true);
    expect(scene.isSeen('Ops', /^home, at the end\/backups\//)).toBe(true);
    expect(scene.isSeen('SQLite format 3', /jeton\.db$/)).toBe(true);
    expect(scene.isSeen('renewed id=local:1', /^home, at the end\/logs\/cli\.log$/)).toBe(true);
    expect(scene.isSeen('daemon-started', /^home, .*\/logs\/daemon\.log$/)).toBe(true);
    expect(scene.isSeen('exitCode', /last-run\.json$/)).toBe(true);
    expect(scene.isSeen('', /-wal$/)).toBe(true);
    expect(scene.isSeen('crontab -', /^what crontab was given$/)).toBe(true);
    expect(scene.watch.argv.some(({ name }) => /slack refresh/.test(name))).toBe(true);
  });

  test('by a vault with a passphrase', async () => {
    const scene = new Scene({ JETON_SLACK_API_URL: slack.url, JETON_MASTER_KEY_FILE: undefined });
    const passphrase = `four words and ${random()}`;
    const file = join(temporaryHome(), 'passphrase');
    writeFileSync(file, `${passphrase}\nnot-this-${random()}\n`, { mode: 0o600 });
    scene.know('the passphrase', passphrase);
    const env = { JETON_PASSPHRASE_FILE: file };
    const chain = slack.issueChain();
    const files = ['--client-secret-file', '-', '--refresh-token-file', '-', '--verbose'];
    const input = `${chain.clientSecret}\n${chain.refreshToken}\n`;
    const add = ['slack', 'add', '--name', 'Ops', '--client-id', chain.clientId, ...files];
    await scene.run(add, { exits: 0, env, input });
    await scene.run(['slack', 'refresh', '--force', '--json'], { exits: 0, env });
    await scene.run(['vault', 'status'], { exits: 5 });
    writeFileSync(file, `another-${random()}\n`);
    await scene.run(['slack', 'refresh', '--force', '--verbose'], { exits: 5, env });
    writeFileSync(file, `${passphrase}\n`);
    const asked = ['vault', 'export-recovery-key', '--out', '-'];
    const { stdout: key } = await scene.run(asked, { exits: 0, env, mayShow: true });
    scene.know('the key', key.trim());
    scene.know('the key’s bytes', Buffer.from(key, 'base64'));

    for (const secret of slack.secrets()) scene.know('of Slack’s', secret.slice(-24));
    scene.lookAtFiles('at the end');
    expect(scene.findings()).toEqual([]);
    expect(scene.isSeen('Ops', /jeton\.db/)).toBe(true);
  });
});

// ── OneFlex, and what is exported ───────────────────────────────────────────────────────────────────────

describe('no secret of OneFlex is left behind', () => {
  let engine: TestDockerd;
  beforeAll(async () => {
    engine = await startDockerd();
  });
  afterAll(() => engine.dispose());

  /** The files that are there to hold tokens; all else of a bot's folder must not. */
  const EXPORTS = /^bot\/config\/(\.env|\.env\.bak|session\.json)$/;

  test('by a sign-in, its renewals, and what brings them to bots', async () => {
    const [worldline, slack] = await Promise.all([
      startWorldlineSimulator({ host: 'localhost', tokenEndpoint: 'both-tokens' }),
      startSlackSimulator(),
    ]);
    onTestFinished(() => worldline.stop());
    onTestFinished(() => slack.stop());
    const bot = await engine.startBot({ compose: ['volumes: ["./config:/app/config:rw"]'] });
    writeFileSync(bot.envFile, 'RESERVATION_TIME=\nONEFLEX_TOKEN=old\n');
    const scene = new Scene({
      JETON_ONEFLEX_URL: worldline.url,
      JETON_SLACK_API_URL: slack.url,
      DOCKER_HOST: `unix://${engine.socket}`,
      ...ANY_SCREEN,
    });
    const { cli } = scene;
    const browser = headlessBrowser(temporaryHome());
    if (browser === undefined) throw new Error('no browser is installed');
    const lookAtBot = (when: string): void => {
      const files = filesIn(bot.dir, 'bot').filter(({ name }) => !EXPORTS.test(name));
      scene.see(...files.map(({ name, bytes }) => ({ name: `${name}, ${when}`, bytes })));
    };

    // Nobody is signed in.
    for (const args of [
      ['status', '--verify'],
      ['renew', '--json'],
      ['login', '--headless'],
      ['forget', '-y'],
    ]) {
      await scene.run(['oneflex', ...args, '--verbose']);
    }
    // Pasted: tokens that OneFlex does not know, or no longer; then its own.
    const foreign = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"exp":9999999999}').toString('base64url')}.${random()}`;
    scene.know('a foreign token', foreign.slice(-24));
    const paste = ['oneflex', 'login', '--paste', '--verbose'];
    await scene.run(paste, { exits: 'failing', input: `${foreign}\n${random()}\n` });
    await scene.run(paste, { exits: 'failing', input: `${random()}\n` });
    const pasted = worldline.issue(worldline.employee);
    const both = `${pasted.accessToken}\n${pasted.refreshToken}\n`;
    worldline.configure({ down: true });
    await scene.run([...paste, '--json'], { exits: 'failing', input: both });
    worldline.configure({ down: false });
    await scene.run(paste, { exits: 0, input: both });
    const colleague = worldline.issue(worldline.colleague);
    const other = `${colleague.accessToken}\n${colleague.refreshToken}\n`;
    await scene.run(paste, { exits: 4, input: other });

    // A bot, and one with a Slack token and session.json.
    const chain = slack.issueChain();
    const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
    const ops = ['slack', 'add', '--name', 'Ops', '--client-id', chain.clientId, ...files];
    await scene.run(ops, { exits: 0, input: `${chain.clientSecret}\n${chain.refreshToken}\n` });
    const target = ['target', 'add', 'bot', '--dir', bot.dir, '--session-json', '--verbose'];
    const mappings = ['ONEFLEX_TOKEN=oneflex:access', 'ONEFLEX_REFRESH_TOKEN=oneflex:refresh'];
    const sets = [...mappings, 'SLACK_TOKEN=slack:local:1'].flatMap((mapping) => ['--set', mapping]);
    await scene.run([...target, ...sets], { exits: 0 });
    for (const args of [
      ['target', 'list', '--verbose'],
      ['target', 'check', '--json'],
      ['export', '--dry-run', '--verbose'],
      ['export', '--verbose'],
      ['export', '--json'],
    ]) {
      await scene.run(args, { exits: 0 });
    }
    expect(readFileSync(bot.envFile, 'utf8')).toContain(pasted.accessToken);
    lookAtBot('exported');

    // A bot that ends again and says its token while it does; no Docker; a file that is in the way.
    await bot.mark('exit');
    const lastWords = await scene.run(['export', '--restart', '--verbose'], { exits: 'failing' });
    expect(lastWords.stdout).toContain('refused: ONEFLEX_TOKEN=');
    await scene.run(['export', '--restart', '--json'], { exits: 'failing' });
    const noDocker = { DOCKER_HOST: `unix://${join(temporaryHome(), 'docker.sock')}` };
    await scene.run(['export', '--restart', '--verbose'], { exits: 'failing', env: noDocker });
    writeFileSync(bot.envFile, `ONEFLEX_TOKEN="${random()}\n`);
    await scene.run(['export', '--verbose']);
    await scene.run(['export', '--force', '--json']);

    // From here on only files are written: containers take their time.
    await scene.run(['target', 'remove', 'bot'], { exits: 0 });
    await scene.run([...target, ...sets, '--restart', 'never'], { exits: 0 });

    // A whole sign-in, renewals by either way, a session that lapses.
    await scene.run(['oneflex', 'forget', '--yes'], { exits: 0 });
    const login = ['oneflex', 'login', '--browser', browser, '--verbose'];
    const signingIn = cli.start(login);
    await worldline.waitFor('asked-for-email');
    const person = await personAt(join(cli.home, 'browser'));
    onTestFinished(() => person.leave());
    await person.signIn(worldline.employee);
    await person.leave();
    scene.heard(login, await signingIn.result());
    lookAtBot('signed in');
    scene.lookAtFiles('signed in');
    for (const args of [
      ['status', '--verify'],
      ['renew', '--verbose'],
      ['login', '--headless'],
    ]) {
      await scene.run(['oneflex', ...args]);
    }
    worldline.configure({ tokenEndpoint: 'off' });
    await scene.run(['oneflex', 'renew', '--verbose']);
    worldline.expireSessions();
    worldline.expireTokens('refresh');
    await scene.run(['oneflex', 'renew', '--json'], { exits: 'failing' });
    for (const args of [
      ['status'],
      ['doctor'],
      ['activity'],
      ['logs', '-n', '10000'],
      ['status', '--json'],
    ]) {
      await scene.run(args);
    }
    const daemon = cli.start(['run', '--verbose']);
    await daemon.saying('Keeping');
    daemon.child.kill('SIGKILL');
    scene.heard(['run'], await daemon.result());
    scene.lookAtFiles('lapsed');
    await scene.run(['oneflex', 'forget', '--yes', '--verbose'], { exits: 0 });
    await scene.run(['target', 'remove', 'bot']);

    for (const secret of [...worldline.secrets(), ...slack.secrets()].filter(({ length }) => length >= 12)) {
      scene.know('a token', secret, { whole: true });
      scene.know('a token', secret.slice(-16));
    }
    lookAtBot('at the end');
    scene.lookAtFiles('at the end');
    expect(scene.findings()).toEqual([]);

    expect(scene.isSeen('Camille Testeur', /^home, .*\/jeton\.db/)).toBe(true);
    expect(scene.watch.argv.some(({ name }) => /docker/.test(name))).toBe(true);
    expect(scene.watch.argv.some(({ name }) => /chromium/.test(name))).toBe(true);
  });
});

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startSlackSimulator, type SlackSimulator } from '../simulators/slack.ts';
import { startWebhookSink, type WebhookSink } from '../simulators/webhook-sink.ts';
import { CLI, createTestCli, startProcess, type TestCli } from '../support/cli.ts';

let sink: WebhookSink;
let slack: SlackSimulator;

beforeEach(async () => {
  [sink, slack] = await Promise.all([startWebhookSink(), startSlackSimulator()]);
  return () => Promise.all([sink.stop(), slack.stop()]);
});

const createCli = (): TestCli => createTestCli({ JETON_SLACK_API_URL: slack.url });

function setWebhook(cli: TestCli, url: string, ...options: string[]) {
  return cli.json(['alerts', 'set-webhook', ...options], { input: `${url}\n` });
}

describe('jeton alerts set-webhook', () => {
  test('tries the webhook, keeps it, and says so', async () => {
    const cli = createCli();
    const { host } = new URL(sink.discordUrl);
    expect(await setWebhook(cli, sink.discordUrl, '--format', 'discord')).toEqual({
      code: 0,
      document: { state: 'on', format: 'discord', host, tested: true },
    });
    expect(sink.received).toHaveLength(1);
    expect(sink.received[0]?.body).toMatchObject({ embeds: [{ title: 'Alerts from Jeton arrive here' }] });
    expect((await cli.json(['alerts', 'status'])).document).toEqual({
      state: 'on',
      format: 'discord',
      goneAt: null,
      waiting: 0,
      lastError: null,
    });
  });

  test('takes the URL from a file, from stdin where the file is -, and from the environment', async () => {
    const cli = createCli();
    const file = join(cli.home, '..', 'url');
    writeFileSync(file, `${sink.slackUrl}\n`);
    const set = ['alerts', 'set-webhook'];
    expect((await cli.run([...set, '--url-file', file])).code).toBe(0);
    expect((await cli.run([...set, '--url-file', '-'], { input: sink.slackUrl })).code).toBe(0);
    const env = { JETON_WEBHOOK_URL: sink.slackUrl };
    expect((await cli.run([...set, '--lang', 'fr'], { env })).stdout).toContain(
      `Les alertes vont désormais à ${new URL(sink.slackUrl).host} (Slack).`,
    );
    expect(sink.received).toHaveLength(3);
    expect(sink.received[2]?.body).toEqual({
      text: '*Les alertes de Jeton arrivent ici*\nCeci est un essai ; tout va bien.',
    });
  });

  test('asks for the URL and shows nothing of the answer', async () => {
    const cli = createCli();
    const command = `${process.execPath} ${CLI} alerts set-webhook`;
    // script(1) gives it a terminal, whose output becomes ours.
    const running = startProcess(['script', '-qefc', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        JETON_HOME: cli.home,
        JETON_MASTER_KEY_FILE: cli.keyFile,
      },
    });
    await running.saying('Webhook URL (not shown):');
    running.child.stdin?.write(`${sink.slackUrl}\r`);
    await running.saying('Alerts go to');
    const { code, stdout } = await running.result();
    expect(code).toBe(0);
    expect(stdout).not.toContain(sink.secret);
    expect(sink.received).toHaveLength(1);
  });

  test('keeps a webhook untried where that is wanted', async () => {
    const cli = createCli();
    expect(await setWebhook(cli, 'http://127.0.0.1:9/hook', '--no-test')).toMatchObject({
      code: 0,
      document: { state: 'on', format: 'slack', tested: false },
    });
    expect(await cli.json(['alerts', 'test'])).toMatchObject({
      code: 1,
      document: {
        error: {
          code: 'webhook-unreachable',
          message: 'The message did not get through to 127.0.0.1:9: nothing listens there.',
        },
      },
    });
  });

  test.each([
    ['nonsense', 2, 'webhook-url-invalid', 'This is not the URL of a webhook: it is no URL at all.'],
    [
      'http://chat.example.test/x',
      2,
      'webhook-url-invalid',
      'This is not the URL of a webhook: it does not begin with https://.',
    ],
    ['', 2, 'usage', 'Webhook URL is empty.'],
    [
      'http://127.0.0.1:9/x',
      1,
      'webhook-unreachable',
      'The message did not get through to 127.0.0.1:9: nothing listens there.',
    ],
  ])('keeps nothing of “%s”', async (url, code, name, message) => {
    const cli = createCli();
    const answer = await setWebhook(cli, url);
    expect(answer).toMatchObject({ code, document: { error: { code: name, message } } });
    expect((await cli.json(['alerts', 'status'])).document).toHaveProperty('state', 'off');
  });

  test('keeps nothing of a webhook that is not there, and refuses a shape that it does not know', async () => {
    const cli = createCli();
    expect(await setWebhook(cli, sink.slackUrl.replace(sink.secret, 'another'))).toMatchObject({
      code: 4,
      document: { error: { code: 'webhook-gone' } },
    });
    expect(await setWebhook(cli, sink.slackUrl, '--format', 'smoke-signs')).toMatchObject({
      code: 2,
      document: { error: { code: 'usage', message: expect.stringContaining('discord, slack') } },
    });
    expect((await cli.json(['alerts', 'status'])).document).toHaveProperty('state', 'off');
  });

  test('does not take the URL from the command line, and does not repeat it', async () => {
    const cli = createCli();
    const { code, stderr } = await cli.run(['alerts', 'set-webhook', sink.slackUrl]);
    expect(code).toBe(2);
    expect(stderr).not.toContain(sink.secret);
    expect(sink.received).toHaveLength(0);
  });
});

describe('jeton alerts', () => {
  test('off forgets the webhook', async () => {
    const cli = createCli();
    await setWebhook(cli, sink.slackUrl);
    expect((await cli.json(['alerts', 'off'])).document).toEqual({ removed: true });
    expect((await cli.run(['alerts', 'off'])).stdout).toBe('No webhook is set: alerts go nowhere.\n');
    expect(await cli.json(['alerts', 'test'])).toMatchObject({
      code: 3,
      document: { error: { code: 'webhook-not-set' } },
    });
  });

  test('finds out by a test that the webhook is gone, and that it is back', async () => {
    const cli = createCli();
    await setWebhook(cli, sink.slackUrl);
    sink.inject({ kind: 'status', status: 404 });
    expect((await cli.run(['alerts', 'test'])).code).toBe(4);
    const gone = await cli.run(['alerts', 'status']);
    expect(gone.code).toBe(4);
    expect(gone.stdout).toMatch(
      /^The webhook is gone since \d\d:\d\d; nobody is told when you are needed\.$/m,
    );
    const { document } = await cli.json(['doctor']);
    expect(document).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ subject: 'alerts', status: 'problem', remedy: expect.any(String) }),
      ]),
    });
    expect((await cli.run(['alerts', 'test'])).code).toBe(0);
    expect((await cli.json(['alerts', 'status'])).document).toHaveProperty('state', 'on');
  });

  test('says on a first look that nobody is told, and leaves nothing behind', async () => {
    const cli = createCli();
    const { code, stdout } = await cli.run(['alerts', 'status', '--lang', 'fr']);
    expect(code).toBe(0);
    expect(stdout).toContain('Personne n’est averti');
    expect(statSync(cli.home, { throwIfNoEntry: false })).toBeUndefined();
  });
});

const embeds = z.object({ embeds: z.tuple([z.object({ title: z.string(), description: z.string() })]) });

describe('jeton slack refresh', () => {
  test('alerts once when a chain is dead, and once when it works again; no file, log or message has a secret', async () => {
    const cli = createCli();
    const said: string[] = [];
    const run = async (args: readonly string[], input?: string): Promise<string | number | null> => {
      const { code, stdout, stderr } = await cli.run(args, input === undefined ? {} : { input });
      said.push(stdout, stderr);
      return code;
    };
    const chain = slack.issueChain();
    const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
    const add = ['slack', 'add', '--name', 'Ops', '--client-id', chain.clientId, ...files];
    expect(await run(add, `${chain.clientSecret}\n${chain.refreshToken}\n`)).toBe(0);
    expect(await run(['alerts', 'set-webhook', '--format', 'discord', '--no-test'], sink.discordUrl)).toBe(0);
    expect(await run(['slack', 'refresh', '-v'])).toBe(0);
    expect(sink.received).toHaveLength(0);

    slack.inject({ kind: 'error', error: 'invalid_refresh_token' });
    // The channel is out of reach: the run ends as it would without alerts.
    sink.inject({ kind: 'reset' });
    expect(await run(['slack', 'refresh', '--force', '-v'])).toBe(4);
    expect(sink.received).toHaveLength(1);
    expect((await cli.run(['alerts', 'status'])).stdout).toContain(
      '1 alert waits to be delivered (the connection was lost).',
    );
    expect(await run(['alerts', 'off'])).toBe(0);
    expect(await run(['alerts', 'set-webhook', '--format', 'discord', '--no-test'], sink.discordUrl)).toBe(0);
    expect(await run(['slack', 'refresh', '-v'])).toBe(4);
    expect(await run(['slack', 'refresh', '-v'])).toBe(4);
    expect(sink.received).toHaveLength(2);
    const [alert] = embeds.parse(sink.received[1]?.body).embeds;
    expect(alert.title).toBe('Ops has to be installed again in Slack');
    expect(alert.description).toMatch(
      /^Slack does not accept the refresh token any more\. The access token works until \S+( \S+)?\. Install the app again/,
    );

    expect(await run(['slack', 'refresh', '--force', '--lang', 'fr'])).toBe(0);
    expect(await run(['slack', 'refresh'])).toBe(0);
    expect(sink.received).toHaveLength(3);
    expect(embeds.parse(sink.received[2]?.body).embeds).toEqual([
      {
        title: 'Tout va bien à nouveau',
        description: 'Ce que Jeton vous avait signalé fonctionne à nouveau ; rien à faire.',
      },
    ]);

    const secrets = [...slack.secrets(), sink.secret];
    for (const secret of secrets) {
      expect(said.join('')).not.toContain(secret);
      expect(JSON.stringify(sink.received.map(({ body }) => body))).not.toContain(secret);
    }
    const names = readdirSync(cli.home, { recursive: true, encoding: 'utf8' });
    const paths = names.map((name) => join(cli.home, name)).filter((path) => statSync(path).isFile());
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) {
      const bytes = readFileSync(path);
      for (const secret of secrets) expect(bytes.includes(secret), `a secret in ${path}`).toBe(false);
    }
  });
});

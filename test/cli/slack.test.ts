import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSlackSimulator, type SlackSimulator } from '../simulators/slack.ts';
import { createTestCli, type TestCli } from '../support/cli.ts';

let slack: SlackSimulator;

beforeAll(async () => {
  slack = await startSlackSimulator();
});
afterAll(() => slack.stop());

function createCli(): TestCli {
  return createTestCli({ JETON_SLACK_API_URL: slack.url });
}

type Chain = ReturnType<SlackSimulator['issueChain']>;

function add(cli: TestCli, name: string, chain: Chain = slack.issueChain()) {
  const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
  return cli.json(['slack', 'add', '--name', name, '--client-id', chain.clientId, ...files], {
    input: `${chain.clientSecret}\n${chain.refreshToken}\n`,
  });
}

describe('jeton slack add', () => {
  test('checks with Slack, saves, makes the vault’s key, and says so', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    const secretFile = join(cli.home, '..', 'secret');
    writeFileSync(secretFile, chain.clientSecret);
    const { code, stdout, stderr } = await cli.run(
      ['slack', 'add', '--name', 'Ops', '--client-id', chain.clientId, '--client-secret-file', secretFile],
      { env: { JETON_SLACK_REFRESH_TOKEN: chain.refreshToken } },
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Ops is kept fresh from now on (local:1).');
    expect(stderr).toContain('The vault has its key now, from JETON_MASTER_KEY_FILE.');

    const { document } = await cli.json(['status']);
    expect(document).toMatchObject({
      sentence: expect.stringContaining('Everything is fresh.'),
      vault: 'ready',
      integrations: [
        {
          id: 'local:1',
          kind: 'slack',
          name: 'Ops',
          source: 'local',
          state: 'fresh',
          expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          lastError: null,
        },
      ],
      targets: [],
    });
  });

  test('takes several secrets from stdin, one a line', async () => {
    const { code, document } = await add(createCli(), 'Ops');
    expect(code).toBe(0);
    expect(document).toMatchObject({ id: 'local:1', name: 'Ops', expiresAt: expect.any(String) });
  });

  test('saves nothing that Slack refuses', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    slack.revoke(chain);
    const { code, document } = await add(cli, 'Ops', chain);
    expect(code).toBe(4);
    expect(document).toHaveProperty('error.code', 'slack-rejected');
    expect(document).toHaveProperty(
      'error.message',
      'Slack does not accept the refresh token any more. Nothing was saved.',
    );
    expect((await cli.json(['slack', 'list'])).document).toHaveProperty('integrations', []);
  });

  test('tells an unreachable Slack from one that refuses', async () => {
    const cli = createTestCli({ JETON_SLACK_API_URL: 'http://127.0.0.1:9' });
    const { code, document } = await add(cli, 'Ops');
    expect(code).toBe(1);
    expect(document).toHaveProperty('error.code', 'slack-unreachable');
  });

  test('refuses what cannot be a refresh token, and what is empty, without asking Slack', async () => {
    const cli = createCli();
    const before = slack.ledger.length;
    const chain = slack.issueChain();
    expect(await add(cli, 'Ops', { ...chain, refreshToken: 'xoxb-test-long-lived' })).toMatchObject({
      code: 2,
      document: { error: { code: 'not-a-refresh-token' } },
    });
    expect(await add(cli, 'Ops', { ...chain, refreshToken: '  ' })).toMatchObject({
      code: 2,
      document: { error: { code: 'usage', message: 'Refresh token is empty.' } },
    });
    expect(slack.ledger.length).toBe(before);
  });

  test('names what is missing when nobody can be asked', async () => {
    const { code, stderr } = await createCli().run(['slack', 'add', '--name', 'Ops', '--client-id', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('Client secret is missing.');
    expect(stderr).toContain('--client-secret-file F|-, or in JETON_SLACK_CLIENT_SECRET');
  });

  test('needs a place for the vault’s key', async () => {
    const cli = createTestCli({
      JETON_SLACK_API_URL: slack.url,
      JETON_MASTER_KEY_FILE: '/nonexistent/key',
    });
    expect(await add(cli, 'Ops')).toMatchObject({
      code: 5,
      document: { error: { code: 'vault-key-unusable' } },
    });
  });
});

describe('jeton slack update', () => {
  const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];

  test('gives a dead integration its new tokens; id and name stay', async () => {
    const cli = createCli();
    const lost = slack.issueChain();
    await add(cli, 'Ops', lost);
    slack.revoke(lost);
    expect((await cli.json(['slack', 'refresh', '--force'])).code).toBe(4);

    const chain = slack.issueChain({ client: slack.issueClient() });
    const { code, stdout } = await cli.run(
      ['slack', 'update', 'local:1', '--client-id', chain.clientId, ...files],
      { input: `${chain.clientSecret}\n${chain.refreshToken}\n` },
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Ops (local:1) has its new credentials');
    expect(stdout).toContain('in 12 hours');
    expect(slack.chain(chain).rotations).toBe(1);
    const { document } = await cli.json(['status']);
    expect(document).toMatchObject({ integrations: [{ id: 'local:1', name: 'Ops', state: 'fresh' }] });
    expect(document).not.toHaveProperty('integrations.1');
    expect(await cli.json(['slack', 'refresh', '--force'])).toMatchObject({ document: { renewed: 1 } });
    expect((await cli.run(['activity'])).stdout).toContain('given new credentials');
  });

  test('keeps what works when Slack refuses the new token, or the new secret', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    const revoked = slack.issueChain();
    slack.revoke(revoked);
    const env = { JETON_SLACK_REFRESH_TOKEN: revoked.refreshToken };
    expect(await cli.json(['slack', 'update', '1'], { env })).toMatchObject({
      code: 4,
      document: { error: { code: 'slack-rejected', message: expect.stringContaining('Nothing was saved.') } },
    });
    const wrong = { env: { JETON_SLACK_CLIENT_SECRET: 'test-client-secret-9' } };
    expect(await cli.json(['slack', 'update', '1'], wrong)).toMatchObject({
      code: 4,
      document: { error: { code: 'slack-rejected' } },
    });
    expect(await cli.json(['slack', 'refresh', '--force'])).toMatchObject({
      code: 0,
      document: { renewed: 1, results: [{ id: 'local:1' }] },
    });
  });

  test('corrects a client secret, and the chain goes on', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    await add(cli, 'Ops', chain);
    const env = { JETON_SLACK_CLIENT_SECRET: chain.clientSecret };
    expect(await cli.json(['slack', 'update', '--id', 'local:1'], { env })).toMatchObject({
      code: 0,
      document: { id: 'local:1', name: 'Ops', outcome: 'updated', expiresAt: expect.any(String) },
    });
    expect(slack.chain(chain).rotations).toBe(2);
  });

  test('is for integrations of Jeton’s own, and needs something to update with', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    const nothing = await cli.run(['slack', 'update', 'local:1']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('--refresh-token-file F|-, or in JETON_SLACK_REFRESH_TOKEN');
    expect((await cli.run(['slack', 'update'])).code).toBe(2);
    const empty = await cli.run(['slack', 'update', 'local:1', '--client-id=']);
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('--client-id needs a value') });
    const env = { JETON_SLACK_REFRESH_TOKEN: slack.issueChain().refreshToken };
    expect(await cli.json(['slack', 'update', 'local:2'], { env })).toMatchObject({
      code: 2,
      document: { error: { code: 'integration-not-found' } },
    });
  });
});

describe('jeton slack refresh', () => {
  test('leaves the fresh alone, renews them with --force, and only those named', async () => {
    const cli = createCli();
    await add(cli, 'One');
    await add(cli, 'Two');

    const fresh = await cli.json(['slack', 'refresh']);
    expect(fresh).toMatchObject({ code: 0, document: { renewed: 0, unchanged: 2, failed: 0 } });

    const forced = await cli.json(['slack', 'refresh', '--force', '--id', 'local:1', '--id', '2']);
    expect(forced).toMatchObject({ code: 0, document: { renewed: 2, unchanged: 0, failed: 0 } });

    const one = await cli.json(['slack', 'refresh', '--force', '--id', 'local:2']);
    expect(one.document).toHaveProperty('results', [
      { id: 'local:2', name: 'Two', outcome: 'renewed', expiresAt: expect.any(String), error: null },
    ]);
  });

  test('with --dry-run contacts nobody and changes nothing', async () => {
    const cli = createCli();
    await add(cli, 'One');
    const requests = slack.ledger.length;
    const before = await cli.json(['status']);
    const { code, document } = await cli.json(['slack', 'refresh', '--force', '--dry-run']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ results: [{ id: 'local:1', outcome: 'would-renew' }] });
    expect(slack.ledger.length).toBe(requests);
    expect(await cli.json(['status'])).toEqual(before);
  });

  test('says of a dead chain until when it works and what to do, and ends with 4', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    await add(cli, 'Doomed', chain);
    slack.revoke(chain, 'refresh-token');

    const { code, stdout } = await cli.run(['slack', 'refresh', '--force']);
    expect(code).toBe(4);
    expect(stdout).toContain('Slack does not accept the refresh token any more.');
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/Its access token works until .* \(in 12 hours\)\./);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('then: jeton slack update local:1');

    const status = await cli.json(['status']);
    expect(status.code).toBe(4);
    const lastError = {
      code: 'invalid_refresh_token',
      message: expect.any(String),
      remedy: expect.any(String),
    };
    expect(status.document).toMatchObject({
      sentence: 'Doomed needs you.',
      integrations: [{ state: 'needs-reinstall', worksUntil: expect.any(String), lastError }],
    });
  });

  test('ends with 1 when Slack is down, and says that it tries again', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    slack.inject({ kind: 'html', status: 503 });
    const { code, document } = await cli.json(['slack', 'refresh', '--force']);
    expect(code).toBe(1);
    expect(document).toMatchObject({ results: [{ outcome: 'failed', error: { code: 'http-503' } }] });
    expect((await cli.json(['status'])).code).toBe(1);
  });

  test('tries what failed again at once when a person asks; the schedule waits, and says until when', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    slack.inject({ kind: 'html', status: 503 });
    await cli.run(['slack', 'refresh', '--force']);
    const asked = slack.ledger.length;
    const scheduled = await cli.run(['slack', 'refresh', '--scheduled']);
    expect(scheduled.code).toBe(1);
    expect(scheduled.stdout.replaceAll(/\s+/g, ' ')).toContain('Not tried again yet: the next try is at');
    expect(slack.ledger).toHaveLength(asked);
    const { code, document } = await cli.json(['slack', 'refresh']);
    expect({ code, document }).toMatchObject({ code: 0, document: { renewed: 1, failed: 0 } });
  });

  test('knows which ids there are', async () => {
    const { code, document } = await createCli().json(['slack', 'refresh', '--id', 'app:99']);
    expect(code).toBe(2);
    expect(document).toHaveProperty('error.code', 'integration-not-found');
  });

  test('is quiet and well with nothing to do', async () => {
    const { code, stdout, stderr } = await createCli().run(['slack', 'refresh']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'There is nothing to renew.\n', stderr: '' });
  });

  test('speaks French', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    const { stdout } = await cli.run(['--lang', 'fr', 'slack', 'refresh', '--force']);
    expect(stdout).toContain('1 renouvelée.');
    expect(stdout).toContain('✓ renouvelée');
  });

  test('stopped in the middle gives up within 5 seconds, in doubt, and asks again next time', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    await add(cli, 'Ops', chain);
    slack.inject({ kind: 'hang', processed: true }, { chain, method: 'oauth.v2.access' });
    const arrived = slack.waitFor((entry) => entry.chain === chain.label && entry.fault === 'hang');
    const running = cli.start(['slack', 'refresh', '--force', '--json']);
    await arrived;

    const stoppedAt = performance.now();
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.result();
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).results[0].error.code).toBe('aborted');
    expect((await cli.json(['status'])).document).toHaveProperty('integrations.0.state', 'in-doubt');

    expect(await cli.json(['slack', 'refresh', '--force'])).toMatchObject({
      code: 0,
      document: { renewed: 1 },
    });
  });

  test('stopped twice ends at once', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    await add(cli, 'Ops', chain);
    slack.inject({ kind: 'hang' }, { chain, method: 'oauth.v2.access' });
    const arrived = slack.waitFor((entry) => entry.chain === chain.label && entry.fault === 'hang');
    const running = cli.start(['slack', 'refresh', '--force']);
    await arrived;
    running.child.kill('SIGINT');
    const again = setInterval(() => running.child.kill('SIGINT'), 50);
    const { code } = await running.result().finally(() => clearInterval(again));
    expect(code).toBe(130);
  });
});

describe('the life of an integration', () => {
  test('pause, resume, activity, remove', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    expect((await cli.run(['slack', 'pause', '1'])).stdout).toContain('Ops (local:1) is left alone');
    expect((await cli.json(['status'])).document).toHaveProperty('sentence', 'Everything is paused.');
    expect((await cli.json(['slack', 'refresh'])).document).toHaveProperty('results.0.outcome', 'skipped');
    expect((await cli.json(['slack', 'resume', '--id', 'local:1'])).document).toMatchObject({
      resumed: true,
    });

    const unsure = await cli.run(['slack', 'remove', 'local:1']);
    expect(unsure.code).toBe(2);
    expect(unsure.stderr).toContain('--yes');
    expect((await cli.run(['slack', 'remove', 'local:1', '--yes'])).stdout).toBe(
      'Ops (local:1) was removed.\n',
    );
    expect((await cli.json(['slack', 'list'])).document).toHaveProperty('integrations', []);

    const { document } = await cli.json(['activity', '-n', '2']);
    expect(document).toMatchObject({ activity: [{ event: 'removed' }, { event: 'resumed' }] });
    expect((await cli.run(['activity'])).stdout).toContain('paused');
  });

  test('a name cannot command the terminal', async () => {
    const cli = createCli();
    await add(cli, 'Evil\u001b[2J\u202e');
    const { stdout } = await cli.run(['status']);
    expect(stdout).toContain('Evil');
    expect(stdout).not.toMatch(/[^\n\P{C}]/u);
  });

  test('leaves no secret in what is printed or logged', async () => {
    const cli = createCli();
    const chain = slack.issueChain();
    await add(cli, 'Ops', chain);
    const { stdout, stderr } = await cli.run(['slack', 'refresh', '--force', '--verbose']);
    const log = readFileSync(join(cli.home, 'logs', 'cli.log'), 'utf8');
    expect(log).toContain('renewed id=local:1');
    for (const secret of slack.secrets()) expect(stdout + stderr + log).not.toContain(secret);
  });
});

describe('jeton run', () => {
  test('renews what is due, says so, and ends well within 5 seconds of SIGTERM', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    const running = cli.start(['run']);
    await running.saying('Keeping 1 integration fresh.');
    const stoppedAt = performance.now();
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.result();
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(code).toBe(0);
    expect(stdout).toContain('Stopped.');
    const { stdout: logged } = await cli.run(['logs', '-n', '5']);
    expect(logged).toContain('daemon-stopped');
  });

  test('says nothing on stdout but one document with --json', async () => {
    const cli = createCli();
    await add(cli, 'Ops');
    const running = cli.start(['run', '--json', '--verbose']);
    await new Promise<void>((resolve) => {
      running.child.stderr?.on('data', (text: string) => text.includes('daemon-started') && resolve());
    });
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.result();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ stopped: true });
  });
});

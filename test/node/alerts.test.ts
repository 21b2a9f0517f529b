/** Alerts over the real store, in real processes, to a real webhook. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Alert, AlertFacts, Trouble } from '../../src/core/alerts.ts';
import type { IntegrationId } from '../../src/core/integration.ts';
import { blankHealth } from '../../src/core/schedule.ts';
import { scrub } from '../../src/core/scrub.ts';
import { Secret } from '../../src/core/secret.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { createLogger } from '../../src/node/logger.ts';
import type { OpenHome } from '../../src/node/open-home.ts';
import { openEngine, openHome } from '../../src/node/open-home.ts';
import { parseWebhookUrl, saveWebhook } from '../../src/node/webhook.ts';
import { loadMessages } from '../../src/shared/messages/messages.ts';
import { wordsOfAlert } from '../../src/shared/messages/alert-words.ts';
import { startWebhookSink, type WebhookSink } from '../simulators/webhook-sink.ts';
import { startChild, type Child } from '../support/child.ts';
import { TEST_KEY } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const HOUR = 3_600_000;
const env = { ...process.env, JETON_MASTER_KEY: TEST_KEY };

let sink: WebhookSink;
let folder: string;
let home: OpenHome;

beforeEach(async () => {
  sink = await startWebhookSink();
  folder = temporaryHome();
  home = openHome({ home: folder, env, settings: settingsSchema.parse({}) });
  await home.vault.init();
  await saveWebhook(home, parseWebhookUrl(new Secret(sink.slackUrl)));
  return async () => {
    await home.dispose();
    await sink.stop();
  };
});

let number = 0;

async function addRow(name: string): Promise<IntegrationId> {
  number += 1;
  return home.local.add({
    name,
    credentials: {
      clientId: '1.2',
      clientSecret: new Secret(`test-client-secret-${number}`),
      refreshToken: new Secret(`xoxe-1-test-refresh-${number}`),
      accessToken: new Secret(`xoxe.xoxb-1-test-access-${number}`),
    },
    expiresAt: Date.now() + 10 * HOUR,
  });
}

/** What a run leaves behind once Slack has refused the chain for good, or renewed it. */
async function remember(id: IntegrationId, condition: 'dead' | 'ok'): Promise<void> {
  const row = (await home.local.list()).find((candidate) => candidate.id === id);
  const at = Date.now();
  await home.health.save({
    ...blankHealth(id, row?.chain),
    condition,
    lastRenewedAt: at - HOUR,
    verifyAt: at + HOUR,
    lastError: condition === 'ok' ? undefined : { code: 'token_revoked', class: 'chain-dead', at },
  });
}

function startRun(fate: 'lives' | 'dies-before-sending' = 'lives'): Child {
  return startChild('send-alerts', [folder, fate], env);
}

async function run(child: Child): Promise<void> {
  expect(await child.line()).toBe('ready');
  child.say('go');
}

async function runToEnd(): Promise<void> {
  const child = startRun();
  await run(child);
  expect(await child.rest()).toEqual(['done']);
}

const slackBody = z.object({ text: z.string() });

function texts(): string[] {
  return sink.received.map(({ body }) => slackBody.parse(body).text);
}

describe('the words of an alert', () => {
  const now = new Date(2026, 2, 10, 9).getTime();
  const trouble = (kind: Trouble, facts: Partial<AlertFacts>): Alert => ({
    kind,
    subject: kind === 'needs-sign-in' ? 'oneflex:1' : 'x',
    facts: { name: 'Ops', ...facts },
  });
  const dead = trouble('needs-reinstall', { code: 'token_revoked', worksUntil: now + 5 * HOUR });
  const lapsed = trouble('needs-sign-in', { code: 'session-lapsed', worksUntil: now - HOUR });
  const refused = trouble('app-misconfigured', {
    code: 'bad_client_secret',
    worksUntil: now + 5 * HOUR,
    count: 3,
  });
  const stranger = trouble('unknown-answer', { code: 'brand_new_code', count: 1 });
  const occupied = trouble('needs-sign-in', { code: 'profile-occupied' });
  const down = trouble('restart-failed', { code: 'daemon-down' });

  test.each<['en' | 'fr', Alert, string, string]>([
    [
      'en',
      dead,
      'Ops has to be installed again in Slack',
      'Somebody revoked the token in Slack. The access token works until 14:00. Install the app again in this workspace and store the new tokens in the application.',
    ],
    [
      'en',
      lapsed,
      'Ops needs you to sign in again',
      'The OneFlex session has ended. The access token has expired. Sign in again: jeton oneflex login',
    ],
    [
      'en',
      occupied,
      'Ops needs you to sign in again',
      'For more than an hour OneFlex could not be signed in to: Jeton’s browser window is open. The access token has expired. Close that window, then: jeton oneflex login',
    ],
    [
      'en',
      refused,
      'Slack refuses the app of Ops and others: 3 integrations',
      'The client secret is not the app’s. The access token works until 14:00. Compare the app’s client id and secret with api.slack.com/apps.',
    ],
    [
      'en',
      stranger,
      'Slack refuses Ops, and Jeton does not know why',
      'Slack answered something Jeton does not know (brand_new_code). The access token has expired. Jeton tries again by itself; if it stays, look it up on docs.slack.dev.',
    ],
    ['en', down, 'The restart of the bot Ops failed', 'Docker is not running. Start Docker.'],
    [
      'fr',
      {
        kind: 'export-failed',
        subject: 'export:nas',
        facts: { name: 'nas', code: 'ssh-too-slow', details: { host: 'nas', seconds: 25 } },
      },
      'Le bot nas ne reçoit pas tous ses jetons',
      'nas est trop lent, ou ne répond plus : après 25 s, ce n’était pas terminé. Voyez ce qui l’occupe ; Jeton réessaie tout seul : jeton run',
    ],
    [
      'en',
      { kind: 'all-well' },
      'All is well again',
      'What Jeton alerted you to works again; nothing to do.',
    ],
    [
      'fr',
      dead,
      'Ops est à réinstaller dans Slack',
      'Quelqu’un a révoqué le jeton dans Slack. Le jeton d’accès est valable jusqu’à 14:00. Réinstallez l’app dans cet espace de travail et enregistrez les nouveaux jetons dans l’application.',
    ],
    [
      'fr',
      refused,
      'Slack refuse l’app de Ops et d’autres : 3 intégrations',
      'Le secret client n’est pas celui de l’app. Le jeton d’accès est valable jusqu’à 14:00. Comparez l’identifiant et le secret client de l’app avec api.slack.com/apps.',
    ],
    [
      'fr',
      lapsed,
      'Ops attend que vous vous reconnectiez',
      'La session OneFlex est terminée. Le jeton d’accès a expiré. Reconnectez-vous : jeton oneflex login',
    ],
  ])('in %s, for %o', async (language, alert, title, description) => {
    const messages = await loadMessages(language, language === 'en' ? 'en-GB' : 'fr-FR');
    const words = wordsOfAlert(alert, messages, now);
    expect(words).toEqual({ title, description });
    // The net under them takes nothing away.
    expect(scrub(words.title + words.description)).toBe(title + description);
  });
});

describe('four processes on one home', () => {
  test('deliver each of twenty alerts once, and once that all is well', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => addRow(`Team ${index}`)));
    for (const id of ids) await remember(id, 'dead');
    const children = Array.from({ length: 4 }, () => startRun());
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.say('go');
    for (const child of children) expect(await child.rest()).toEqual(['done']);
    // Whoever found the head of the queue taken has gone home; what is left is the next run's.
    await runToEnd();
    expect(texts()).toHaveLength(20);
    expect(new Set(texts()).size).toBe(20);
    for (const id of ids) expect(texts().join('\n')).toContain(`\n${id}\n`);

    for (const id of ids) await remember(id, 'ok');
    await Promise.all([runToEnd(), runToEnd(), runToEnd(), runToEnd()]);
    await runToEnd();
    expect(texts()).toHaveLength(21);
    expect(texts().at(-1)).toContain('*all-well*');
  });
});

describe('a process that is killed', () => {
  test('between raising and sending loses nothing: the next one sends', async () => {
    await remember(await addRow('Ops'), 'dead');
    const child = startRun('dies-before-sending');
    await run(child);
    expect(await child.rest()).toEqual([]);
    expect(sink.received).toHaveLength(0);
    expect(home.alertStore.channel()).toMatchObject({ waiting: 1 });
    await runToEnd();
    await runToEnd();
    expect(texts()).toHaveLength(1);
  });

  test('before the answer came leaves an alert that comes again under the same number', async () => {
    await remember(await addRow('Ops'), 'dead');
    sink.inject({ kind: 'hang' });
    const child = startRun();
    await run(child);
    await sink.waitFor(1);
    await child.kill();
    await runToEnd();
    await runToEnd();
    const [first, second, ...more] = texts();
    expect(second).toBe(first);
    expect(first).toContain('_Jeton · 1_');
    expect(more).toEqual([]);
  });
});

describe('an engine over a home', () => {
  test('outlasts a webhook that is away, and lets go of one that hangs when it is disposed of', async () => {
    await remember(await addRow('Ops'), 'dead');
    sink.inject({ kind: 'reset' }, { kind: 'hang' });
    const opened = openEngine(home, {
      log: createLogger({ home: folder, kind: 'daemon', level: 'debug', maxBytes: 1e6, verbose: false }),
      version: '0.0.0',
      claims: true,
      alertWords: ({ kind }) => ({ title: kind, description: '' }),
    });
    await opened.engine.sendAlerts();
    expect(home.alertStore.channel()).toMatchObject({ waiting: 1, lastError: 'connection-lost' });

    // Somebody looks at it anew, so that it need not wait.
    await saveWebhook(home, parseWebhookUrl(new Secret(sink.slackUrl)));
    const sending = opened.engine.sendAlerts();
    await sink.waitFor(2);
    await opened.dispose();
    await sending;
    expect(home.alertStore.channel()).toMatchObject({ waiting: 1 });
  });

  test.each([
    ['en', 'Ops [secret] has to be installed again in Slack', 'Somebody revoked the token in Slack.'],
    ['fr', 'Ops [secret] est à réinstaller dans Slack', 'Quelqu’un a révoqué le jeton dans Slack.'],
  ] as const)('says in %s what happened, and tells nobody a secret', async (language, title, why) => {
    const messages = await loadMessages(language, language);
    await remember(await addRow('Ops xoxe-1-test-refresh-in-a-name'), 'dead');
    await saveWebhook(home, parseWebhookUrl(new Secret(sink.discordUrl), 'discord'));
    const opened = openEngine(home, {
      log: createLogger({ home: folder, kind: 'daemon', level: 'debug', maxBytes: 1e6, verbose: false }),
      version: '0.0.0',
      claims: true,
      alertWords: (alert) => wordsOfAlert(alert, messages, Date.now()),
    });
    onTestFinished(() => opened.dispose());
    sink.inject({ kind: 'status', status: 500 });
    await opened.engine.sendAlerts();
    sink.inject({ kind: 'status', status: 404 });
    await saveWebhook(home, parseWebhookUrl(new Secret(sink.discordUrl), 'discord'));
    await opened.engine.sendAlerts();

    expect(sink.received).toHaveLength(2);
    expect(sink.received[0]?.body).toMatchObject({
      embeds: [{ title, description: expect.stringContaining(why) }],
    });
    expect(JSON.stringify(sink.received.map(({ body }) => body))).not.toMatch(/xox|test-client-secret/);
    const logged = readFileSync(join(folder, 'logs/daemon.log'), 'utf8');
    expect(logged.match(/webhook-gone/g)).toHaveLength(1);
    expect(logged).toMatch(/alert-not-delivered .*code=http-500/);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const bytes = readBytes(join(folder, name));
      for (const secret of [
        sink.secret,
        '/api/webhooks',
        `xoxe-1-test-refresh-${number}`,
        'test-client-secret',
      ]) {
        expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false);
      }
    }
  });
});

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    // A folder.
    return Buffer.alloc(0);
  }
}

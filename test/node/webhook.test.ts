import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { AlertMessage } from '../../src/core/alerts.ts';
import { JetonError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import type { WebhookFormat } from '../../src/node/database/alerts.ts';
import { createHttp } from '../../src/node/http.ts';
import { parseWebhookUrl, postToWebhook } from '../../src/node/webhook.ts';
import { startWebhookSink, type WebhookSink } from '../simulators/webhook-sink.ts';

const http = createHttp({ version: '0.0.0', env: {} });
afterAll(() => http.dispose());

const message: AlertMessage = {
  title: 'Ops has to be installed again in Slack',
  description: 'Install the app again.',
  tone: 'trouble',
  at: Date.UTC(2026, 2, 10, 9),
  number: 17,
};

describe('the URL of a webhook', () => {
  test.each<[string, WebhookFormat | undefined, WebhookFormat]>([
    ['https://discord.com/api/webhooks/7/test-webhook-secret-7', undefined, 'discord'],
    ['https://discordapp.com/api/v10/webhooks/7/test_webhook', undefined, 'discord'],
    ['https://canary.discord.com/api/webhooks/7/test', undefined, 'discord'],
    ['https://discord.com/api/webhooks/7/test/slack', undefined, 'slack'],
    ['https://hooks.slack.com/services/T7/B7/test', undefined, 'slack'],
    ['https://hooks.slack-gov.com/services/T7/B7/test', undefined, 'slack'],
    ['https://chat.example.test/hooks/7', undefined, 'slack'],
    ['https://chat.example.test/hooks/7', 'discord', 'discord'],
    ['https://notdiscord.com/anything', undefined, 'slack'],
    ['http://127.0.0.1:8080/hook', undefined, 'slack'],
    ['http://[::1]:8080/hook', 'discord', 'discord'],
  ])('%s, asked for as %s, takes the shape of %s', (url, asked, format) => {
    expect(parseWebhookUrl(new Secret(url), asked)).toMatchObject({ format, host: new URL(url).host });
  });

  test.each([
    ['not a url', 'not-a-url'],
    ['http://discord.com/api/webhooks/7/test-webhook-secret-7', 'not-https'],
    ['http://localhost.example.test/hook', 'not-https'],
    ['ftp://127.0.0.1/hook', 'not-https'],
    ['https://discord.com/channels/7/7', 'not-a-webhook'],
    ['https://discord.com/api/webhooks/7', 'not-a-webhook'],
    ['https://hooks.slack.com/', 'not-a-webhook'],
  ])('%s is refused: %s, without being quoted', (url, reason) => {
    const refused = thrownBy(() => parseWebhookUrl(new Secret(url)));
    expect(refused).toMatchObject({ code: 'webhook-url-invalid', details: { reason } });
    expect(JSON.stringify(refused.details) + String(refused.stack)).not.toContain(url);
  });
});

function thrownBy(act: () => unknown): JetonError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof JetonError) return thrown;
  }
  throw new Error('nothing of ours was thrown');
}

const embed = z.object({ title: z.string(), description: z.string(), color: z.number() });
const embeds = z.object({ embeds: z.tuple([embed]) });

describe('a message', () => {
  let sink: WebhookSink;
  beforeAll(async () => {
    const only = await startWebhookSink();
    sink = only;
    return () => only.stop();
  });
  let before: number;
  beforeEach(() => (before = sink.received.length));

  const post = (format: WebhookFormat, change: Partial<AlertMessage> = {}) => {
    const url = new Secret(format === 'discord' ? sink.discordUrl : sink.slackUrl);
    return postToWebhook(http, { url, format }, { ...message, ...change });
  };
  const received = (): unknown => sink.received.at(-1)?.body;

  test('for Discord is an embed, for the version of the API that counts in seconds', async () => {
    expect(await post('discord')).toEqual({ kind: 'delivered' });
    expect(sink.received.at(-1)).toMatchObject({
      path: `/api/v10/webhooks/7/${sink.secret}`,
      contentType: 'application/json',
    });
    expect(received()).toEqual({
      embeds: [
        {
          title: message.title,
          description: message.description,
          color: expect.any(Number),
          timestamp: '2026-03-10T09:00:00.000Z',
          footer: { text: 'Jeton · 17' },
        },
      ],
      allowed_mentions: { parse: [] },
    });
    const [trouble] = embeds.parse(received()).embeds;
    await post('discord', { tone: 'well' });
    const [well] = embeds.parse(received()).embeds;
    expect(well.color).not.toBe(trouble.color);
  });

  test('for Slack is text, in which nothing calls everybody', async () => {
    expect(await post('slack', { title: '<!channel> R&D' })).toEqual({ kind: 'delivered' });
    expect(sink.received.at(-1)?.path).toBe(`/services/T7/B7/${sink.secret}`);
    expect(received()).toEqual({
      text: '*&lt;!channel&gt; R&amp;D*\nInstall the app again.\n_Jeton · 17_',
    });
  });

  test('that is no alert has no number', async () => {
    await post('discord', { number: undefined });
    expect(JSON.stringify(received())).not.toContain('footer');
    await post('slack', { number: undefined });
    expect(received()).toEqual({ text: `*${message.title}*\n${message.description}` });
  });

  test('fits into what Discord takes', async () => {
    await post('discord', { title: '🎫'.repeat(5_000), description: 'x'.repeat(50_000) });
    const [{ title, description }] = embeds.parse(received()).embeds;
    expect(Array.from(title)).toHaveLength(200);
    expect(title).toMatch(/^(🎫)+…$/u);
    expect(description.length).toBeLessThanOrEqual(4096);
  });

  test.each([404, 410])('finds the webhook gone: HTTP %i', async (status) => {
    sink.inject({ kind: 'status', status });
    expect(await post('slack')).toEqual({ kind: 'gone' });
  });

  test.each([
    ['the body, which has the fraction', { kind: 'rate-limited', retryAfterSeconds: 64.57 } as const, 65_000],
    [
      'the header alone',
      { kind: 'status', status: 429, body: 'slow down', retryAfter: '30' } as const,
      30_000,
    ],
    ['the body alone', { kind: 'status', status: 429, body: '{"retry_after":0.25}' } as const, 250],
    ['nobody', { kind: 'status', status: 429 } as const, undefined],
  ])('is asked to wait by %s', async (_, reply, retryAfterMs) => {
    sink.inject(reply);
    expect(await post('discord')).toEqual({ kind: 'failed', code: 'http-429', retryAfterMs });
  });

  test.each([301, 400, 403, 500, 503])('is not delivered: HTTP %i', async (status) => {
    sink.inject({ kind: 'status', status, body: '<html>' });
    expect(await post('slack')).toEqual({
      kind: 'failed',
      code: `http-${status}`,
      retryAfterMs: undefined,
    });
    expect(sink.received.length).toBe(before + 1);
  });

  test('is not delivered when the connection is cut, or nobody is there', async () => {
    sink.inject({ kind: 'reset' });
    expect(await post('slack')).toMatchObject({ kind: 'failed', code: 'connection-lost' });
    const nobody = { url: new Secret('http://127.0.0.1:9/hook'), format: 'slack' } as const;
    expect(await postToWebhook(http, nobody, message)).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('can be given up while it is being sent', async () => {
    sink.inject({ kind: 'hang' });
    const giveUp = new AbortController();
    onTestFinished(() => giveUp.abort());
    const url = new Secret(sink.slackUrl);
    const sending = postToWebhook(http, { url, format: 'slack' }, message, giveUp.signal);
    await sink.waitFor(before + 1);
    giveUp.abort();
    expect(await sending).toMatchObject({ kind: 'failed' });
  });
});

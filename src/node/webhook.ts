/**
 * A webhook that takes alerts: Discord's (docs.discord.com/developers/resources/webhook, "Execute Webhook"), Slack's
 * (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks), or one that takes what either takes. Whoever
 * has its URL may post to the channel, so the URL is a secret.
 */
import * as z from 'zod/mini';
import type { AlertMessage, Delivery, Webhook } from '../core/alerts.ts';
import { JetonError } from '../core/errors.ts';
import type { Http, HttpRequest } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import type { AlertSettings, WebhookFormat } from './database/alerts.ts';
import type { NamedSecrets } from './database/secrets.ts';

/** The name under which the vault keeps the URL. */
const WEBHOOK_URL = 'alert-webhook-url';
/** For one message, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

const RED = 0xd9_3f_3f;
const GREEN = 0x2e_a0_43;
/** In characters; Discord takes 256 and 4096. */
const TITLE_LENGTH = 200;
const DESCRIPTION_LENGTH = 2_000;

/** Where to post, and in which shape. */
export interface WebhookAddress {
  readonly url: Secret;
  /** Of the URL; no secret. */
  readonly host: string;
  readonly format: WebhookFormat;
}

/**
 * Throws `webhook-url-invalid`: `not-a-url`, `not-https` (http is for this machine), `not-a-webhook` (Discord's and
 * Slack's paths are known). Without `format`, the host decides; where it says nothing, it is Slack's,
 * which most others take.
 */
export function parseWebhookUrl(url: Secret, format?: WebhookFormat): WebhookAddress {
  const text = url.reveal();
  if (!URL.canParse(text)) throw new JetonError('webhook-url-invalid', { reason: 'not-a-url' });
  const { protocol, hostname, host, pathname } = new URL(text);
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) {
    throw new JetonError('webhook-url-invalid', { reason: 'not-https' });
  }
  const known = KNOWN_HOSTS.find((candidate) => candidate.host.test(hostname));
  if (known !== undefined && !known.path.test(pathname)) {
    throw new JetonError('webhook-url-invalid', { reason: 'not-a-webhook' });
  }
  return { url, host, format: format ?? known?.formatOf(pathname) ?? 'slack' };
}

const KNOWN_HOSTS: readonly {
  readonly host: RegExp;
  readonly path: RegExp;
  readonly formatOf: (path: string) => WebhookFormat;
}[] = [
  {
    host: /^(?:(?:ptb|canary)\.)?discord(?:app)?\.com$/,
    path: /^\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+(?:\/slack)?\/?$/,
    // Discord takes Slack's shape there.
    formatOf: (path) => (/\/slack\/?$/.test(path) ? 'slack' : 'discord'),
  },
  {
    host: /^hooks\.slack(?:-gov)?\.com$/,
    path: /^\/(?:services|workflows|triggers)\/[\w/-]+$/,
    formatOf: () => 'slack',
  },
];

/** The webhook that is set, whatever it is by then. `abort` gives up what is being sent. */
export function createWebhook(
  ports: WebhookSettings & { readonly http: Http; readonly abort?: AbortSignal | undefined },
): Webhook {
  return {
    async send(message, signal) {
      const ends = AbortSignal.any([signal, ports.abort ?? []].flat());
      return postToWebhook(ports.http, await savedWebhook(ports), message, ends);
    },
  };
}

export async function postToWebhook(
  http: Http,
  { url, format }: Pick<WebhookAddress, 'url' | 'format'>,
  message: AlertMessage,
  signal?: AbortSignal,
): Promise<Delivery> {
  const isDiscord = format === 'discord';
  const outcome = await http.send({
    method: 'POST',
    url: isDiscord ? versioned(url.reveal()) : url.reveal(),
    json: isDiscord ? discordBody(message) : slackBody(message),
    timeoutMs: REQUEST_TIMEOUT_MS,
    ...(signal && { signal }),
  });
  if (outcome.kind !== 'response') return { kind: 'failed', code: outcome.code, retryAfterMs: undefined };
  const { status, body } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  const inBody = body.kind === 'json' ? rateLimit.safeParse(body.value).data : undefined;
  const waits = [outcome.retryAfterMs, inBody && inBody.retry_after * 1_000].filter((ms) => ms !== undefined);
  return {
    kind: 'failed',
    code: `http-${status}`,
    retryAfterMs: waits.length === 0 ? undefined : Math.ceil(Math.max(...waits)),
  };
}

/** Discord's, with a fraction; in seconds since version 8 of its API. */
const rateLimit = z.object({ retry_after: z.number().check(z.nonnegative()) });

/** A URL without a version, as Discord hands it out, means version 6, which counted milliseconds. */
function versioned(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = parsed.pathname.replace(/^\/api\/webhooks\//, '/api/v10/webhooks/');
  return parsed.href;
}

type Body = NonNullable<HttpRequest['json']>;

function discordBody({ title, description, tone, at, number }: AlertMessage): Body {
  const embed = {
    title: shortened(title, TITLE_LENGTH),
    description: shortened(description, DESCRIPTION_LENGTH),
    color: tone === 'well' ? GREEN : RED,
    timestamp: new Date(at).toISOString(),
    ...(number !== undefined && { footer: { text: markOf(number) } }),
  };
  return { embeds: [embed], allowed_mentions: { parse: [] } };
}

function slackBody({ title, description, number }: AlertMessage): Body {
  const lines = [
    `*${escaped(shortened(title, TITLE_LENGTH))}*`,
    escaped(shortened(description, DESCRIPTION_LENGTH)),
    ...(number === undefined ? [] : [`_${markOf(number)}_`]),
  ];
  return { text: lines.join('\n') };
}

/** The same number on two messages: one alert that came twice. */
function markOf(number: number): string {
  return `Jeton · ${number}`;
}

/** docs.slack.dev/messaging/formatting-message-text: these three, or `<!channel>` in a name would call everybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

export interface WebhookSettings {
  readonly secrets: NamedSecrets;
  readonly alertStore: AlertSettings;
}

/** Throws `webhook-not-set`, or as the vault does. */
export async function savedWebhook({ secrets, alertStore }: WebhookSettings): Promise<WebhookAddress> {
  const channel = alertStore.channel();
  const url = channel && (await secrets.get(WEBHOOK_URL));
  if (channel === undefined || url === undefined) throw new JetonError('webhook-not-set');
  return parseWebhookUrl(url, channel.format);
}

/** From now on, alerts go there. Throws as the vault does. */
export async function saveWebhook(
  { secrets, alertStore }: WebhookSettings,
  { url, format }: WebhookAddress,
): Promise<void> {
  await secrets.put(WEBHOOK_URL, url);
  await alertStore.start(format);
}

/** False when there was none. */
export async function removeWebhook({ secrets, alertStore }: WebhookSettings): Promise<boolean> {
  const wasOn = await alertStore.stop();
  return (await secrets.remove(WEBHOOK_URL)) || wasOn;
}

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  SlackTokens,
  type ChainFacts,
  type ChainReference,
  type ChainView,
  type Grant,
  type IssuedChain,
  type IssuedLongLived,
  type IssueOptions,
  type Refusal,
  type SlackClient,
  type TokenRules,
} from './slack-tokens.ts';

/** Milliseconds: always the same, or uniform between two bounds. */
type Latency = number | { readonly min: number; readonly max: number };

export interface SlackSimulatorOptions extends Partial<TokenRules> {
  /** Half of it passes before a request is processed, half after. */
  readonly latency?: Latency;
  /** Requests a minute that are let through once `burst` is used up; refills evenly, by `now`. */
  readonly ratePerMinute?: number;
  readonly burst?: number;
  /** Where a user chain's tokens are in the answer. */
  readonly userTokensUnder?: 'top-level' | 'authed_user';
}

/**
 * What goes wrong with a request. `processed`: Slack acted on it (the refresh token is spent) before it went
 * wrong. The kinds from `truncated-json` on are always processed.
 */
type Fault =
  /** Only its latency or its Date header differ. */
  (
    | { readonly kind: 'none' }
    | { readonly kind: 'error'; readonly error: string; readonly processed?: boolean }
    | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
    | { readonly kind: 'html'; readonly status: number; readonly processed?: boolean }
    /** HTTP 400 as OAuth itself defines it. */
    | { readonly kind: 'invalid-grant' }
    | { readonly kind: 'reset'; readonly processed?: boolean }
    | { readonly kind: 'hang'; readonly processed?: boolean }
    /** A complete HTTP answer with half a document. */
    | { readonly kind: 'truncated-json' }
    /** An HTTP answer shorter than its Content-Length. */
    | { readonly kind: 'cut-body' }
    | { readonly kind: 'omit'; readonly field: 'access_token' | 'refresh_token' | 'expires_in' }
  ) & { readonly latency?: Latency; readonly dateSkewMs?: number };

/** Which requests a fault strikes: all conditions hold. Without any, the next one. */
interface FaultTarget {
  readonly chain?: ChainReference;
  readonly method?: SlackMethod;
  /** The ordinal of the request, from 1, over all. */
  readonly request?: number;
  /** How many requests; 1 unless given. */
  readonly times?: number;
}

type SlackMethod = 'oauth.v2.access' | 'oauth.v2.exchange' | 'auth.test';

/**
 * What a request did to its chain; what became of the answer is in `fault`. `spent`: the refresh token was
 * spent. `replayed-in-grace`: a spent one answered again. `faulted`: nothing, because of the fault.
 */
type Outcome =
  | 'pending'
  | 'spent'
  | 'replayed-in-grace'
  | 'exchanged'
  | 'verified'
  | 'refused'
  | 'rate-limited'
  | 'faulted';

interface LedgerEntry {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly at: number;
  readonly method: string;
  /** Labels of the chain and of the token that was presented; never the token. */
  readonly chain: string | undefined;
  readonly token: string | undefined;
  readonly outcome: Outcome;
  readonly fault: Fault['kind'] | undefined;
  /** The error code of a refusal. */
  readonly error: string | undefined;
}

export interface SlackSimulator {
  /** Base of the API, for `slack.apiUrl`. */
  readonly url: string;
  issueClient(): SlackClient;
  /** An installed app whose tokens rotate. Chains share one client unless given another. */
  issueChain(options?: IssueOptions & { readonly expiresInSeconds?: number }): IssuedChain;
  issueLongLived(options?: IssueOptions): IssuedLongLived;
  /** Without `everything`, its access tokens live on until they expire. */
  revoke(chain: ChainReference, what?: 'refresh-token' | 'everything'): void;
  chain(chain: ChainReference): ChainView;
  /** Life of the access tokens issued from now on. */
  setAccessTokenSeconds(seconds: number): void;
  /** Faults strike in the order in which they were injected, one a request. */
  inject(fault: Fault, target?: FaultTarget): void;
  clearFaults(): void;
  readonly ledger: readonly LedgerEntry[];
  /** Ledger entries by outcome. */
  count(outcome: Outcome): number;
  /** Refresh tokens that arrived more than once, by label, with their entries in the order of arrival. */
  resends(): ReadonlyMap<string, readonly LedgerEntry[]>;
  /** The most requests that were ever under way at once. */
  readonly peakConcurrency: number;
  /** The first ledger entry, past or to come, of which `predicate` holds. */
  waitFor(predicate: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
  /** Every token and client secret ever issued. */
  secrets(): string[];
  /** Closes every connection, those that hang included. */
  stop(): Promise<void>;
}

type Reply = Record<string, unknown>;

/** A Slack Web API on a free loopback port, as far as token rotation goes. */
export async function startSlackSimulator(options: SlackSimulatorOptions = {}): Promise<SlackSimulator> {
  const rules: Mutable<TokenRules> = {
    now: options.now ?? Date.now,
    accessTokenSeconds: options.accessTokenSeconds ?? 43_200,
    graceMs: options.graceMs ?? 60_000,
    graceAnswer: options.graceAnswer ?? 'same-successor',
  };
  const tokens = new SlackTokens(rules);
  const limiter = createLimiter(options, rules.now);
  const faults: { readonly fault: Fault; readonly target: FaultTarget; left: number }[] = [];
  const ledger: Mutable<LedgerEntry>[] = [];
  const waiters = new Set<(entry: LedgerEntry) => void>();
  const stopping = new AbortController();
  let underWay = 0;
  let peakConcurrency = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const method = (request.url ?? '').replace(/^\/api\//, '');
    const call = parseCall(request, body);
    const presented = tokens.describe(call.token);
    const entry: Mutable<LedgerEntry> = {
      number: ledger.length + 1,
      at: rules.now(),
      method,
      chain: presented?.chain,
      token: presented?.token,
      outcome: 'pending',
      fault: undefined,
      error: undefined,
    };
    ledger.push(entry);
    record(entry, {});

    const waitSeconds = limiter();
    const fault: Fault = waitSeconds > 0 ? { kind: 'none' } : takeFault(entry);
    const pause = draw(fault.latency ?? options.latency ?? 0) / 2;
    response.setHeader('date', new Date(rules.now() + (fault.dateSkewMs ?? 0)).toUTCString());

    await delay(pause, undefined, { signal: stopping.signal });
    if (waitSeconds > 0) {
      record(entry, { outcome: 'rate-limited' });
      await delay(pause, undefined, { signal: stopping.signal });
      sendRateLimited(response, waitSeconds);
      return;
    }
    let reply: Reply = {};
    if (fault.kind !== 'none') record(entry, { fault: fault.kind });
    if (isProcessed(fault)) reply = process(method, request.method, call, entry);
    else record(entry, { outcome: 'faulted' });
    await delay(pause, undefined, { signal: stopping.signal });
    send(response, reply, fault);
  }

  function record(entry: Mutable<LedgerEntry>, change: Partial<LedgerEntry>): void {
    Object.assign(entry, change);
    for (const notify of waiters) notify(entry);
  }

  function takeFault({ number, method, chain }: LedgerEntry): Fault {
    const taken = faults.find(
      ({ target, left }) =>
        left > 0 &&
        (target.request === undefined || target.request === number) &&
        (target.method === undefined || target.method === method) &&
        (target.chain === undefined || tokens.labelOf(target.chain) === chain),
    );
    if (taken === undefined) return { kind: 'none' };
    taken.left -= 1;
    return taken.fault;
  }

  function process(method: string, verb: string | undefined, call: Call, entry: Mutable<LedgerEntry>): Reply {
    const refuse = ({ error }: Refusal): Reply => {
      record(entry, { outcome: 'refused', error });
      return { ok: false, error };
    };
    // Tokens in a URL end up in logs: nothing here takes them from there.
    if (verb !== 'POST' && method !== 'auth.test') return refuse({ error: 'invalid_post_type' });
    switch (method) {
      case 'oauth.v2.access': {
        if (call.grantType !== 'refresh_token') return refuse({ error: 'invalid_grant_type' });
        const result = tokens.refresh(call.client, call.token);
        if ('error' in result) return refuse(result);
        record(entry, { outcome: result.replayed ? 'replayed-in-grace' : 'spent' });
        return grantReply(result);
      }
      case 'oauth.v2.exchange': {
        const result = tokens.exchange(call.client, call.token);
        if ('error' in result) return refuse(result);
        record(entry, { outcome: 'exchanged' });
        return grantReply(result);
      }
      case 'auth.test': {
        if (call.token === '') return refuse({ error: 'not_authed' });
        const result = tokens.identify(call.token);
        if ('error' in result) return refuse(result);
        record(entry, { outcome: 'verified' });
        return identityReply(result.chain, result.expiresIn);
      }
      default:
        return refuse({ error: 'unknown_method' });
    }
  }

  function grantReply({ chain, accessToken, refreshToken }: Grant): Reply {
    const granted = {
      access_token: accessToken,
      expires_in: rules.accessTokenSeconds,
      refresh_token: refreshToken,
      token_type: chain.kind,
      scope: 'chat:write',
    };
    const place = {
      app_id: 'A0SIMULATED',
      team: chain.team,
      enterprise: null,
      is_enterprise_install: false,
    };
    if (chain.kind === 'bot') return { ok: true, ...granted, bot_user_id: `UB${chain.number}`, ...place };
    return options.userTokensUnder === 'authed_user'
      ? { ok: true, ...place, authed_user: { id: `U${chain.number}`, ...granted } }
      : { ok: true, ...granted, ...place };
  }

  const server = http.createServer((request, response) => {
    underWay += 1;
    peakConcurrency = Math.max(peakConcurrency, underWay);
    response.on('close', () => (underWay -= 1));
    handle(request, response).catch((error: unknown) => {
      response.destroy();
      // The client went away while sending, or the simulator stops. The rest are our own bugs: let them show.
      if (request.complete && !stopping.signal.aborted) throw error;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${portOf(server)}/api`,
    issueClient: () => tokens.issueClient(),
    issueChain: (issue = {}) => tokens.issueChain(issue),
    issueLongLived: (issue = {}) => tokens.issueLongLived(issue),
    revoke: (chain, what = 'refresh-token') => tokens.revoke(chain, what),
    chain: (chain) => tokens.view(chain),
    setAccessTokenSeconds: (seconds) => void (rules.accessTokenSeconds = seconds),
    inject: (fault, target = {}) => void faults.push({ fault, target, left: target.times ?? 1 }),
    clearFaults: () => void faults.splice(0),
    ledger,
    count: (outcome) => ledger.filter((entry) => entry.outcome === outcome).length,
    resends() {
      const sends = ledger.filter(({ method, token }) => method === 'oauth.v2.access' && token !== undefined);
      const groups = Map.groupBy(sends, ({ token }) => token ?? '');
      return new Map([...groups].filter(([, entries]) => entries.length > 1));
    },
    get peakConcurrency() {
      return peakConcurrency;
    },
    waitFor(predicate) {
      const past = ledger.find(predicate);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const notify = (entry: LedgerEntry): void => {
          if (!predicate(entry)) return;
          waiters.delete(notify);
          resolve(entry);
        };
        waiters.add(notify);
      });
    },
    secrets: () => tokens.secrets(),
    async stop() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Call {
  readonly client: Partial<SlackClient>;
  readonly grantType: string | null;
  /** The refresh token, the long-lived token or the bearer; empty when there is none. */
  readonly token: string;
}

function parseCall(request: IncomingMessage, body: string): Call {
  const form = new URLSearchParams(body);
  const [, scheme, credentials = ''] =
    /^(Basic|Bearer) (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const [, user, password] =
    scheme === 'Basic' ? (/^([^:]*):(.*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? []) : [];
  const clientId = user ?? form.get('client_id');
  const clientSecret = password ?? form.get('client_secret');
  return {
    client: { ...(clientId && { clientId }), ...(clientSecret && { clientSecret }) },
    grantType: form.get('grant_type'),
    token: form.get('refresh_token') ?? form.get('token') ?? (scheme === 'Bearer' ? credentials : ''),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return address.port;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A token bucket. Answers 0 when the request may pass, else the whole seconds to wait. */
function createLimiter(
  { ratePerMinute, burst = 10 }: SlackSimulatorOptions,
  now: () => number,
): () => number {
  if (ratePerMinute === undefined) return () => 0;
  const perMs = ratePerMinute / 60_000;
  let available = burst;
  let filledAt = now();
  return () => {
    const at = now();
    available = Math.min(burst, available + Math.max(0, at - filledAt) * perMs);
    filledAt = at;
    if (available < 1) return Math.ceil((1 - available) / perMs / 1_000);
    available -= 1;
    return 0;
  };
}

function isProcessed(fault: Fault): boolean {
  switch (fault.kind) {
    case 'error':
    case 'html':
    case 'reset':
    case 'hang':
      return fault.processed === true;
    case 'rate-limited':
    case 'invalid-grant':
      return false;
    default:
      return true;
  }
}

function identityReply(chain: ChainFacts, expiresIn: number | undefined): Reply {
  return {
    ok: true,
    url: `https://team-${chain.number}.slack.com/`,
    team: chain.team.name,
    user: `${chain.kind}-${chain.number}`,
    team_id: chain.team.id,
    user_id: chain.kind === 'bot' ? `UB${chain.number}` : `U${chain.number}`,
    ...(chain.kind === 'bot' && { bot_id: `B${chain.number}` }),
    is_enterprise_install: false,
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
  };
}

function send(response: ServerResponse, reply: Reply, fault: Fault): void {
  switch (fault.kind) {
    case 'none':
      return sendJson(response, 200, reply);
    case 'error':
      return sendJson(response, 200, { ok: false, error: fault.error });
    case 'rate-limited':
      return sendRateLimited(response, fault.retryAfterSeconds);
    case 'html':
      response.writeHead(fault.status, { 'content-type': 'text/html; charset=utf-8' });
      return void response.end('<!DOCTYPE html><title>Server Error</title><h1>Sorry!</h1>');
    case 'invalid-grant':
      return sendJson(response, 400, {
        error: 'invalid_grant',
        error_description: 'Token has been revoked.',
      });
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return;
    case 'truncated-json':
      return sendText(response, 200, half(JSON.stringify(reply)));
    case 'cut-body': {
      const text = JSON.stringify(reply);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      return void response.write(half(text), () => response.destroy());
    }
    case 'omit':
      return sendJson(response, 200, without(reply, fault.field));
  }
}

function sendRateLimited(response: ServerResponse, seconds: number): void {
  response.setHeader('retry-after', seconds);
  sendJson(response, 429, { ok: false, error: 'ratelimited' });
}

function sendJson(response: ServerResponse, status: number, reply: Reply): void {
  sendText(response, status, JSON.stringify(reply));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(text);
}

function without(reply: Reply, field: string): Reply {
  const { [field]: _, ...rest } = reply;
  const user = rest['authed_user'];
  return typeof user === 'object' && user !== null
    ? { ...rest, authed_user: without({ ...user }, field) }
    : rest;
}

function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}

function draw(latency: Latency): number {
  return typeof latency === 'number' ? latency : latency.min + Math.random() * (latency.max - latency.min);
}

import http, { type ClientRequest, type IncomingMessage, type ProxyEnv } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Http, HttpOutcome, HttpRequest } from '../core/ports.ts';
import { Secret } from '../core/secret.ts';
import { httpDate } from './http-date.ts';

/** An idle connection is closed after this long, or earlier when the server's Keep-Alive header says so. */
const IDLE_CONNECTION_MS = 4_000;

/** Slack's answers are a few hundred bytes; whatever is larger did not come from its API. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface HttpOptions {
  /** Jeton's own, for the User-Agent. */
  readonly version: string;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their lower-case forms, which win) are read. */
  readonly env: ProxyEnv;
}

/**
 * Whether Node's `version` connects directly although `env` names a proxy for https: `proxyEnv` came with Node 24.5
 * and 22.21 (nodejs.org/api/http.html#new-agentoptions; measured), and is not looked at before.
 */
export function ignoresProxy(version: string, env: ProxyEnv): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  return !isSupported && Boolean(env.https_proxy || env.HTTPS_PROXY);
}

/**
 * The {@link Http} port on node:http and node:https. Opens nothing before the first request. Certificates are
 * always verified; NODE_EXTRA_CA_CERTS and NODE_USE_SYSTEM_CA add a company's own authorities.
 */
export function createHttp(options: HttpOptions): Http & { dispose(): void } {
  const agents = new Map<string, http.Agent>();
  const disposal = new AbortController();

  function agentFor(protocol: string): http.Agent {
    let agent = agents.get(protocol);
    if (agent === undefined) {
      agent = createAgent(protocol, options.env);
      agents.set(protocol, agent);
    }
    return agent;
  }

  function open(request: HttpRequest, onOpening: OnOpening): ClientRequest {
    const url = new URL(request.url);
    const requestOptions: OpeningOptions = {
      agent: agentFor(url.protocol),
      method: request.method,
      headers: headersOf(request, options.version),
      // Keeps the agent's idle timeout from ending a proxy's tunnel early; `exchange` has the real one.
      timeout: request.timeoutMs,
      onOpening,
    };
    return (url.protocol === 'https:' ? https : http).request(url, requestOptions);
  }

  return {
    send: (request) => exchange(request, [disposal.signal, request.signal ?? []].flat(), open),

    /** Ends the requests under way, as `not-sent` or `unanswered`, and closes every connection. */
    dispose() {
      disposal.abort();
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/**
 * Nothing is handed to a connection before it is established and, for TLS, its certificate verified: until
 * then the server cannot have seen the request. From then on it may have, even when a kept-alive connection
 * turns out to have been closed by the server: its close and our request can cross, and nothing on our side
 * tells whether the request was read first.
 */
function exchange(
  request: HttpRequest,
  aborts: readonly AbortSignal[],
  open: (request: HttpRequest, onOpening: OnOpening) => ClientRequest,
): Promise<HttpOutcome> {
  if (aborts.some(({ aborted }) => aborted)) return Promise.resolve({ kind: 'not-sent', code: 'aborted' });

  let connection: Duplex | undefined;
  let client: ClientRequest;
  try {
    client = open(request, (opening) => (connection = opening));
  } catch (error) {
    return Promise.resolve({ kind: 'not-sent', code: codeOf(error) });
  }

  return new Promise((resolve) => {
    let stage: 'opening' | 'sent' | 'settled' = 'opening';

    const settle = (outcome: HttpOutcome): void => {
      stage = 'settled';
      clearTimeout(timer);
      for (const signal of aborts) signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const fail = (code: string): void => {
      // A settled exchange has nothing left to fail, and its connection may be another's by now.
      if (stage === 'settled') return;
      if (stage === 'opening') settle({ kind: 'not-sent', code });
      else settle({ kind: 'unanswered', code: code === 'timeout' ? 'timeout' : 'connection-lost' });
      client.destroy();
      connection?.destroy();
    };
    const onAbort = (): void => fail('aborted');

    const timer = setTimeout(() => fail('timeout'), request.timeoutMs);
    for (const signal of aborts) signal.addEventListener('abort', onAbort);

    client.on('socket', (socket) => {
      whenEstablished(socket, client.reusedSocket, () => {
        if (stage !== 'opening') return;
        stage = 'sent';
        client.end(bodyOf(request));
      });
    });
    client.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) fail('too-large');
        else chunks.push(chunk);
      });
      response.on('end', () => settle(outcomeOf(response, Buffer.concat(chunks))));
      // Emitted, instead of 'end', when the body is cut short.
      response.on('error', (error) => fail(codeOf(error)));
    });
    client.on('error', (error) => fail(codeOf(error)));
    client.on('close', () => fail('closed'));
  });
}

function whenEstablished(socket: Socket, reused: boolean, act: () => void): void {
  const secure = socket instanceof TLSSocket;
  // Tunnels through a proxy arrive here with their handshake done.
  const established = reused || (secure ? socket.authorized : !socket.connecting);
  if (established) act();
  else socket.once(secure ? 'secureConnect' : 'connect', act);
}

type OnOpening = (connection: Duplex) => void;

interface OpeningOptions extends https.RequestOptions {
  /** Called with a connection as soon as it is being opened: long before the request has it. */
  readonly onOpening: OnOpening;
}

/**
 * Node gives a request its connection only once the tunnel through a proxy stands, and until then destroying
 * the request leaves the tunnel to itself, for ever if its other end is silent.
 */
class TunnellingAgent extends https.Agent {
  override createConnection(
    options: OpeningOptions,
    callback?: (error: Error | null, connection: Duplex) => void,
  ): Duplex | null | undefined {
    const connection = super.createConnection(options, callback);
    if (connection) options.onOpening(connection);
    return connection;
  }
}

function createAgent(protocol: string, env: ProxyEnv): http.Agent {
  const options = {
    keepAlive: true,
    timeout: IDLE_CONNECTION_MS,
    // See ignoresProxy.
    proxyEnv: {
      http_proxy: env.http_proxy || env.HTTP_PROXY,
      https_proxy: env.https_proxy || env.HTTPS_PROXY,
      no_proxy: withLoopback(env.no_proxy || env.NO_PROXY),
    },
  };
  return protocol === 'https:'
    ? // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot send tokens to a stranger.
      new TunnellingAgent({ ...options, rejectUnauthorized: true })
    : new http.Agent(options);
}

/** In the syntax of https://nodejs.org/api/http.html#built-in-proxy-support. */
function withLoopback(noProxy: string | undefined): string {
  const loopback = '.localhost,127.0.0.0-127.255.255.255,::1';
  return noProxy ? `${noProxy},${loopback}` : loopback;
}

function headersOf(request: HttpRequest, version: string): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': `jeton/${version}` };
  if (request.basic !== undefined) {
    const pair = `${request.basic.user}:${request.basic.password.reveal()}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  if (request.bearer !== undefined) headers['authorization'] = `Bearer ${request.bearer.reveal()}`;
  if (request.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  if (request.json !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

function bodyOf({ form, json }: HttpRequest): string | undefined {
  if (json !== undefined) return JSON.stringify(json, revealInPlace);
  return form === undefined ? undefined : new URLSearchParams(revealed(form)).toString();
}

/** A replacer is given what {@link Secret.toJSON} made of a value; the value itself is in `this`. */
function revealInPlace(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const original = this[name];
  return original instanceof Secret ? original.reveal() : value;
}

function revealed(fields: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

function outcomeOf(response: IncomingMessage, body: Buffer): HttpOutcome {
  const serverDate = httpDate(response.headers.date);
  return {
    kind: 'response',
    status: response.statusCode ?? 0,
    body: parseBody(new TextDecoder().decode(body)),
    retryAfterMs: retryAfterMs(response.headers['retry-after'], serverDate ?? Date.now()),
    serverDate,
  };
}

function parseBody(text: string): (HttpOutcome & { kind: 'response' })['body'] {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: /^\s*[{[]/.test(text) ? 'truncated' : 'other' };
  }
}

/** RFC 9110 §10.2.3: whole seconds, or a date on the server's clock. */
function retryAfterMs(header: string | undefined, serverNow: number): number | undefined {
  if (header !== undefined && /^\d+$/.test(header)) return Number(header) * 1_000;
  const date = httpDate(header);
  return date === undefined ? undefined : Math.max(0, date - serverNow);
}

/** Node's own code of an error (`ECONNREFUSED`, `CERT_HAS_EXPIRED`…), never its message. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

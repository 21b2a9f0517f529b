import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Http, HttpOutcome, HttpRequest } from '../core/ports.ts';
import { Secret } from '../core/secret.ts';

/** An idle connection is closed after this long, or earlier when the server's Keep-Alive header says so. */
const IDLE_CONNECTION_MS = 4_000;

/** Slack's answers are a few hundred bytes; whatever is larger did not come from its API. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface HttpOptions {
  /** Jeton's own, for the User-Agent. */
  readonly version: string;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their lower-case forms, which win) are read. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The {@link Http} port on node:http and node:https. Opens nothing before the first request. Certificates are
 * always verified; NODE_EXTRA_CA_CERTS and NODE_USE_SYSTEM_CA add a company's own authorities.
 */
export function createHttp(options: HttpOptions): Http & { dispose(): void } {
  const agents = new Map<string, http.Agent>();

  function agentFor(protocol: string): http.Agent {
    let agent = agents.get(protocol);
    if (agent === undefined) {
      agent = createAgent(protocol, options.env);
      agents.set(protocol, agent);
    }
    return agent;
  }

  function open(request: HttpRequest, signal: AbortSignal): ClientRequest {
    const url = new URL(request.url);
    return (url.protocol === 'https:' ? https : http).request(url, {
      agent: agentFor(url.protocol),
      method: request.method,
      headers: headersOf(request, options.version),
      signal,
      // Only bounds how long a proxy may take to open its tunnel: see `exchange` for the real one.
      timeout: request.timeoutMs,
    });
  }

  return {
    send: (request) => exchange(request, open),

    /** Closes every connection; a request under way ends as unanswered. */
    dispose() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
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
  open: (request: HttpRequest, signal: AbortSignal) => ClientRequest,
): Promise<HttpOutcome> {
  if (request.signal?.aborted === true) return Promise.resolve({ kind: 'not-sent', code: 'aborted' });

  // Our own signal, because it destroys the connection too, also one still being opened through a proxy;
  // the caller's may outlive this exchange, and the connection is then somebody else's.
  const giveUp = new AbortController();
  let client: ClientRequest;
  try {
    client = open(request, giveUp.signal);
  } catch (error) {
    return Promise.resolve({ kind: 'not-sent', code: codeOf(error) });
  }

  return new Promise((resolve) => {
    let sent = false;

    const settle = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const fail = (code: string): void => {
      if (sent) settle({ kind: 'unanswered', code: code === 'timeout' ? 'timeout' : 'connection-lost' });
      else settle({ kind: 'not-sent', code });
      giveUp.abort();
    };
    const onAbort = (): void => fail('aborted');

    const timer = setTimeout(() => fail('timeout'), request.timeoutMs);
    request.signal?.addEventListener('abort', onAbort);

    client.on('socket', (socket) => {
      whenEstablished(socket, client.reusedSocket, () => {
        sent = true;
        client.end(formOf(request));
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

function createAgent(protocol: string, env: NodeJS.ProcessEnv): http.Agent {
  const options = {
    keepAlive: true,
    timeout: IDLE_CONNECTION_MS,
    // Needs Node 24.5 or 22.21; older ones connect directly.
    proxyEnv: { ...env, no_proxy: withLoopback(env['no_proxy'] || env['NO_PROXY']) },
  };
  return protocol === 'https:'
    ? // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot send tokens to a stranger.
      new https.Agent({ ...options, rejectUnauthorized: true })
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
  return headers;
}

function formOf({ form }: HttpRequest): string | undefined {
  if (form === undefined) return undefined;
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    fields.set(name, value instanceof Secret ? value.reveal() : value);
  }
  return fields.toString();
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

/** RFC 9110 §5.6.7, the one form that senders may use: `Sun, 06 Nov 1994 08:49:37 GMT`. */
function httpDate(header: string | undefined): number | undefined {
  if (header === undefined || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header))
    return undefined;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : date;
}

/** Node's own code of an error (`ECONNREFUSED`, `CERT_HAS_EXPIRED`…), never its message. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Http, HttpOutcome, HttpRequest } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { createHttp, ignoresProxy } from '../../src/node/http.ts';
import { selfSignedCertificate } from '../support/certificate.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The server's port, once it listens on loopback. Every connection is closed after the test. */
async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return address.port;
}

function newHttp(env: NodeJS.ProcessEnv = {}): Http & { dispose(): void } {
  const adapter = createHttp({ version: '1.2.3', env });
  cleanups.push(() => adapter.dispose());
  return adapter;
}

const post = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  form: { refresh_token: new Secret('xoxe-1-test-refresh-1') },
  timeoutMs: 5_000,
  ...more,
});

/** What becomes of a request to a server that does `act` on each connection. */
async function sendToRaw(
  act: (socket: Socket) => void,
  more: Partial<HttpRequest> = {},
): Promise<HttpOutcome> {
  const port = await listen(net.createServer(act));
  return newHttp().send(post(`http://127.0.0.1:${port}/`, more));
}

/** What becomes of a request that a server answers with exactly these bytes, then closes. */
const sendToBytes = (bytes: string) => sendToRaw((socket) => socket.once('data', () => socket.end(bytes)));

const CONNECTION_LOST = { kind: 'unanswered', code: 'connection-lost' };
const TIMEOUT = { kind: 'unanswered', code: 'timeout' };

describe('what is sent', () => {
  it('carries the form, Basic credentials and Jeton’s name, and asks for no compression', async () => {
    const received: { headers: http.IncomingHttpHeaders; body: string }[] = [];
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.end('{"ok":true}');
      });
    });
    const port = await listen(server);
    const adapter = newHttp();
    await adapter.send(
      post(`http://127.0.0.1:${port}/`, {
        basic: { user: '123.456', password: new Secret('test-client-secret') },
        form: { grant_type: 'refresh_token', refresh_token: new Secret('xoxe-1-test&refresh=1') },
      }),
    );
    await adapter.send({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      bearer: new Secret('xoxb-test-1'),
      timeoutMs: 5_000,
    });

    expect(received).toMatchObject([
      {
        headers: {
          authorization: `Basic ${Buffer.from('123.456:test-client-secret').toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '64',
          'user-agent': 'jeton/1.2.3',
        },
        body: 'grant_type=refresh_token&refresh_token=xoxe-1-test%26refresh%3D1',
      },
      { headers: { authorization: 'Bearer xoxb-test-1' }, body: '' },
    ]);
    for (const { headers } of received) expect(headers).not.toHaveProperty('accept-encoding');
  });

  it('carries JSON, with the secrets in it revealed', async () => {
    const received: unknown[] = [];
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push(request.headers['content-type'], JSON.parse(body));
        response.end('{}');
      });
    });
    const port = await listen(server);
    await newHttp().send({
      method: 'POST',
      url: `http://127.0.0.1:${port}/`,
      json: { grant_type: 'refresh_token', refresh_token: new Secret('test "refresh" 1') },
      timeoutMs: 5_000,
    });
    expect(received).toEqual([
      'application/json',
      { grant_type: 'refresh_token', refresh_token: 'test "refresh" 1' },
    ]);
  });
});

describe('a response', () => {
  const answer = (headers: string, body: string): string =>
    `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  it.each([
    ['{"ok":false,"error":"é"}', { kind: 'json', value: { ok: false, error: 'é' } }],
    ['\uFEFF[1]', { kind: 'json', value: [1] }],
    ['{"ok":true,"access_to', { kind: 'truncated' }],
    [' [1,', { kind: 'truncated' }],
    ['<!DOCTYPE html>', { kind: 'other' }],
    ['', { kind: 'other' }],
    ['ok', { kind: 'other' }],
  ])('with body %j', async (body, expected) => {
    expect(await sendToBytes(answer('', body))).toMatchObject({
      kind: 'response',
      status: 200,
      body: expected,
    });
  });

  it.each([
    ['Retry-After: 30', 30_000],
    ['Retry-After: 0', 0],
    ['Date: Sun, 01 Mar 2026 12:00:00 GMT\r\nRetry-After: Sun, 01 Mar 2026 12:00:45 GMT', 45_000],
    ['Date: Sun, 01 Mar 2026 12:00:00 GMT\r\nRetry-After: Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['Retry-After: soon', undefined],
    ['Retry-After: -5', undefined],
    ['X-Other: 1', undefined],
  ])('with %j', async (header, retryAfterMs) => {
    expect(await sendToBytes(answer(`${header}\r\n`, '{}'))).toMatchObject({
      kind: 'response',
      retryAfterMs,
    });
  });

  it('tells the server’s clock when it is a date', async () => {
    expect(await sendToBytes(answer('Date: Sun, 01 Mar 2026 12:00:00 GMT\r\n', '{}'))).toMatchObject({
      serverDate: Date.UTC(2026, 2, 1, 12),
    });
    expect(await sendToBytes(answer('Date: 7\r\n', '{}'))).toMatchObject({ serverDate: undefined });
  });

  it('that redirects is handed over, not followed', async () => {
    let requests = 0;
    const server = http.createServer((_, response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const port = await listen(server);
    expect(await newHttp().send(post(`http://127.0.0.1:${port}/`))).toMatchObject({ status: 302 });
    expect(requests).toBe(1);
  });

  it('that comes slowly but in time is whole', async () => {
    const outcome = await sendToRaw((socket) => {
      socket.once('data', () => {
        const bytes = answer('', '{"ok":true}').split('');
        const timer = setInterval(() => {
          const byte = bytes.shift();
          if (byte === undefined) clearInterval(timer);
          else socket.write(byte);
        }, 1);
      });
    });
    expect(outcome).toMatchObject({ kind: 'response', body: { kind: 'json', value: { ok: true } } });
  });
});

describe('unanswered: the request may have been read', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closed on accept', (socket) => socket.end()],
    ['read, then reset', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['read, then closed', (socket) => socket.once('data', () => socket.end())],
  ])('%s', async (_, act) => {
    expect(await sendToRaw(act)).toEqual(CONNECTION_LOST);
  });

  it.each([
    ['half a status line', 'HTTP/1.1 20'],
    ['half the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['a body shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"ok":true}'],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{"ok":true}\r\n'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
  ])('answered with %s', async (_, bytes) => {
    expect(await sendToBytes(bytes)).toEqual(CONNECTION_LOST);
  });

  it('answered with more than a mebibyte', async () => {
    const huge = 'x'.repeat(1024 * 1024 + 1);
    expect(await sendToBytes(`HTTP/1.1 200 OK\r\n\r\n${huge}`)).toEqual(CONNECTION_LOST);
    expect(await sendToBytes(`HTTP/1.1 200 OK\r\n\r\n${huge.slice(1)}`)).toMatchObject({ kind: 'response' });
  });

  it('not answered in time, or not to the end', async () => {
    expect(await sendToRaw(() => undefined, { timeoutMs: 50 })).toEqual(TIMEOUT);
    const begun = (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{');
    expect(await sendToRaw(begun, { timeoutMs: 50 })).toEqual(TIMEOUT);
  });

  it('aborted after it was sent', async () => {
    const controller = new AbortController();
    const outcome = await sendToRaw((socket) => socket.once('data', () => controller.abort()), {
      signal: controller.signal,
    });
    expect(outcome).toEqual(CONNECTION_LOST);
  });

  it('under way when the adapter is disposed of', async () => {
    const server = net.createServer();
    const port = await listen(server);
    const adapter = newHttp();
    const received = new Promise((resolve) => {
      server.once('connection', (socket: Socket) => socket.once('data', resolve));
    });
    const outcome = adapter.send(post(`http://127.0.0.1:${port}/`));
    await received;
    adapter.dispose();
    expect(await outcome).toEqual(CONNECTION_LOST);
    const late = await adapter.send(post(`http://127.0.0.1:${port}/`));
    expect(late).toEqual({ kind: 'not-sent', code: 'aborted' });
  });
});

describe('not sent: the server cannot have seen it', () => {
  it('to a port where nobody listens', async () => {
    const server = net.createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const outcome = await newHttp().send(post(`http://127.0.0.1:${port}/`));
    expect(outcome).toEqual({ kind: 'not-sent', code: 'ECONNREFUSED' });
  });

  it('to a host that does not exist', async () => {
    const outcome = await newHttp().send(post('https://jeton.invalid/api', { timeoutMs: 20_000 }));
    expect(outcome).toMatchObject({
      kind: 'not-sent',
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN|timeout)$/),
    });
  });

  it('aborted beforehand: nobody is even connected to', async () => {
    let connections = 0;
    const outcome = await sendToRaw(() => (connections += 1), { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'not-sent', code: 'aborted' });
    expect(connections).toBe(0);
  });

  it.each([
    ['not a URL', 'ERR_INVALID_URL'],
    ['ftp://127.0.0.1/', 'ERR_INVALID_PROTOCOL'],
  ])('to %s', async (url, code) => {
    expect(await newHttp().send(post(url))).toEqual({ kind: 'not-sent', code });
  });

  it('with a token that cannot be a header, which is not in the outcome', async () => {
    const bearer = new Secret('xoxb-test\r\nInjected: 1');
    const outcome = await newHttp().send(post('http://127.0.0.1:9/', { bearer }));
    expect(outcome).toEqual({ kind: 'not-sent', code: 'ERR_INVALID_CHAR' });
  });
});

describe('connections', () => {
  /** Answers each request with the number of its connection. */
  async function countConnections(headers: http.OutgoingHttpHeaders = {}) {
    let connections = 0;
    const server = http.createServer((_, response) => {
      response.writeHead(200, headers).end(String(connections));
    });
    server.on('connection', () => (connections += 1));
    return { server, url: `http://127.0.0.1:${await listen(server)}/` };
  }
  const value = (outcome: HttpOutcome) =>
    outcome.kind === 'response' && outcome.body.kind === 'json' ? outcome.body.value : outcome;

  it('are kept for the next request', async () => {
    const { url } = await countConnections();
    const adapter = newHttp();
    expect(value(await adapter.send(post(url)))).toBe(1);
    expect(value(await adapter.send(post(url)))).toBe(1);
  });

  it('are not kept when the server is about to close them', async () => {
    const { url } = await countConnections({ 'keep-alive': 'timeout=1', connection: 'keep-alive' });
    const adapter = newHttp();
    expect(value(await adapter.send(post(url)))).toBe(1);
    expect(value(await adapter.send(post(url)))).toBe(2);
  });

  it('that the server closed while idle are replaced', async () => {
    const { server, url } = await countConnections();
    const adapter = newHttp();
    const closed = new Promise((resolve) => {
      server.once('connection', (socket: Socket) => socket.once('close', resolve));
    });
    expect(value(await adapter.send(post(url)))).toBe(1);
    server.closeIdleConnections();
    await closed;
    // One more turn of the event loop, in which the client reads the end of the stream.
    await new Promise((resolve) => setImmediate(resolve));
    expect(value(await adapter.send(post(url)))).toBe(2);
  });

  it('that are reset as they are used again leave the request unanswered', async () => {
    const port = await listen(
      net.createServer((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
          socket.once('data', () => socket.resetAndDestroy());
        });
      }),
    );
    const adapter = newHttp();
    expect(await adapter.send(post(`http://127.0.0.1:${port}/`))).toMatchObject({ status: 200 });
    expect(await adapter.send(post(`http://127.0.0.1:${port}/`))).toEqual(CONNECTION_LOST);
  });

  it('survive the abort signal of the request that opened them', async () => {
    const { url } = await countConnections();
    const adapter = newHttp();
    const controller = new AbortController();
    expect(value(await adapter.send(post(url, { signal: controller.signal })))).toBe(1);
    controller.abort();
    expect(value(await adapter.send(post(url)))).toBe(1);
  });

  it('by the hundred share one abort signal without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    cleanups.push(() => process.off('warning', onWarning));
    const { url } = await countConnections();
    const adapter = newHttp();
    const { signal } = new AbortController();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => adapter.send(post(url, { signal }))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'response')).toHaveLength(100);
    expect(warnings).toEqual([]);
  });
});

describe('TLS', () => {
  const trusted = selfSignedCertificate(['jeton.test', 'localhost']);

  beforeAll(() => {
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, trusted.cert]);
    return () => tls.setDefaultCACertificates(before);
  });

  /** An HTTPS server, and what it ever decrypted. */
  async function serve(certificate: { key: string; cert: string }) {
    const server = https.createServer(certificate, (_, response) => response.end('{"ok":true}'));
    let decrypted = 0;
    let connections = 0;
    server.on('secureConnection', (socket) => {
      connections += 1;
      socket.on('data', (chunk: Buffer) => (decrypted += chunk.length));
    });
    server.on('tlsClientError', () => undefined);
    return { port: await listen(server), decrypted: () => decrypted, connections: () => connections };
  }

  it('sends once the certificate is verified, and keeps the connection', async () => {
    const { port, connections } = await serve(trusted);
    const adapter = newHttp();
    const url = `https://localhost:${port}/`;
    expect(await adapter.send(post(url))).toMatchObject({ status: 200, body: { kind: 'json' } });
    expect(await adapter.send(post(url))).toMatchObject({ status: 200 });
    expect(connections()).toBe(1);
  });

  it('sends nothing to a server whose certificate is not trusted, or is somebody else’s', async () => {
    const stranger = await serve(selfSignedCertificate(['localhost']));
    expect(await newHttp().send(post(`https://localhost:${stranger.port}/`))).toEqual({
      kind: 'not-sent',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const other = await serve(trusted);
    expect(await newHttp().send(post(`https://127.0.0.1:${other.port}/`))).toEqual({
      kind: 'not-sent',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(stranger.decrypted() + other.decrypted()).toBe(0);
  });

  it('sends nothing to a server without TLS, or with a certificate out of its time', async () => {
    const plain = http.createServer((_, response) => response.end('{"ok":true}'));
    expect(await newHttp().send(post(`https://localhost:${await listen(plain)}/`))).toEqual({
      kind: 'not-sent',
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
    });
    const month = 30 * 24 * 3_600_000;
    const cases = [
      [-month, 'CERT_HAS_EXPIRED'],
      [month, 'CERT_NOT_YET_VALID'],
    ] as const;
    for (const [shift, code] of cases) {
      const { port, decrypted } = await serve(selfSignedCertificate(['localhost'], Date.now() + shift));
      const outcome = await newHttp().send(post(`https://localhost:${port}/`));
      expect([outcome, decrypted()]).toEqual([{ kind: 'not-sent', code }, 0]);
    }
  });

  it('does not let NODE_TLS_REJECT_UNAUTHORIZED change that', async () => {
    const stranger = await serve(selfSignedCertificate(['localhost']));
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    cleanups.push(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    const outcome = await newHttp().send(post(`https://localhost:${stranger.port}/`));
    expect(outcome).toMatchObject({ kind: 'not-sent' });
    expect(stranger.decrypted()).toBe(0);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['never shakes hands', () => undefined, 'timeout'],
    ['speaks plain HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'E'],
    ['closes instead', (socket) => socket.end(), 'ECONNRESET'],
    ['resets instead', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'ECONNRESET'],
  ])('has not sent anything to a server that %s', async (_, act, code) => {
    const port = await listen(net.createServer(act));
    const outcome = await newHttp().send(post(`https://localhost:${port}/`, { timeoutMs: 200 }));
    expect(outcome).toEqual({ kind: 'not-sent', code: expect.stringContaining(code) });
  });

  it('aborted while shaking hands is not sent', async () => {
    const controller = new AbortController();
    const port = await listen(net.createServer((socket) => socket.once('data', () => controller.abort())));
    const outcome = await newHttp().send(post(`https://localhost:${port}/`, { signal: controller.signal }));
    expect(outcome).toEqual({ kind: 'not-sent', code: 'aborted' });
  });

  it('reset once the request was read is unanswered', async () => {
    const server = tls.createServer(trusted, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.destroy());
    });
    const port = await listen(server);
    expect(await newHttp().send(post(`https://localhost:${port}/`))).toEqual(CONNECTION_LOST);
  });

  it.each([
    ['22.20.0', true],
    ['22.21.0', false],
    ['23.11.0', true],
    ['24.4.1', true],
    ['24.5.0', false],
    ['26.0.0', false],
  ])('knows that Node %s ignores a proxy: %s', (version, ignores) => {
    expect(ignoresProxy(version, { HTTPS_PROXY: 'http://proxy.test' })).toBe(ignores);
    expect(ignoresProxy(version, { https_proxy: 'http://proxy.test' })).toBe(ignores);
    expect(ignoresProxy(version, { HTTP_PROXY: 'http://proxy.test', HTTPS_PROXY: '' })).toBe(false);
  });

  describe('through a proxy', () => {
    /** A CONNECT proxy for which every host is this machine; `connects` are the targets it was asked for. */
    async function startProxy(answer?: (socket: Socket) => void) {
      const connects: { target: string; authorization: string | undefined }[] = [];
      const tunnels: Socket[] = [];
      const proxy = http.createServer((_, response) => response.writeHead(502).end('<html>'));
      proxy.on('connect', (request: http.IncomingMessage, socket: Socket) => {
        connects.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
        tunnels.push(socket);
        socket.on('error', () => undefined);
        if (answer !== undefined) {
          // A socket that is not read never notices that the other side is gone.
          socket.resume();
          return answer(socket);
        }
        const upstream = net.connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on('error', () => socket.destroy());
        socket.on('close', () => upstream.destroy());
      });
      const port = await listen(proxy);
      return { connects, tunnels, url: `http://127.0.0.1:${port}`, address: `127.0.0.1:${port}` };
    }

    it('reaches the server, and reuses the tunnel', async () => {
      const { port } = await serve(trusted);
      const proxy = await startProxy();
      const adapter = newHttp({ HTTPS_PROXY: proxy.url.replace('//', '//worker:test-proxy-password@') });
      const url = `https://jeton.test:${port}/`;
      expect(await adapter.send(post(url))).toMatchObject({ status: 200, body: { kind: 'json' } });
      expect(await adapter.send(post(url))).toMatchObject({ status: 200 });
      const authorization = `Basic ${Buffer.from('worker:test-proxy-password').toString('base64')}`;
      expect(proxy.connects).toEqual([{ target: `jeton.test:${port}`, authorization }]);
    });

    it.each<[string, (socket: Socket) => void, string]>([
      ['wants a password', (s) => s.end('HTTP/1.1 407 Proxy Auth\r\n\r\n'), 'ERR_PROXY_TUNNEL'],
      ['cannot reach the server', (s) => s.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'), 'ERR_PROXY_TUNNEL'],
      ['closes', (s) => s.end(), 'ERR_PROXY_TUNNEL'],
      ['resets', (s) => s.resetAndDestroy(), 'ECONNRESET'],
      ['never answers', () => undefined, 'timeout'],
      ['opens a tunnel to nowhere', (s) => s.write('HTTP/1.1 200 OK\r\n\r\n'), 'timeout'],
      ['opens a tunnel and closes', (s) => s.end('HTTP/1.1 200 OK\r\n\r\n'), 'ECONNRESET'],
    ])('that %s, nothing is sent and nothing stays open', async (_, answer, code) => {
      const proxy = await startProxy(answer);
      const adapter = newHttp({ HTTPS_PROXY: proxy.url });
      const outcome = await adapter.send(post('https://jeton.test/', { timeoutMs: 300 }));
      expect(outcome).toEqual({ kind: 'not-sent', code });
      const [tunnel] = proxy.tunnels;
      if (tunnel?.readable === true) await once(tunnel, 'end');
    });

    it('is left at once when the adapter is disposed of', async () => {
      const proxy = await startProxy(() => adapter.dispose());
      const adapter = newHttp({ HTTPS_PROXY: proxy.url });
      const outcome = await adapter.send(post('https://jeton.test/'));
      expect(outcome).toEqual({ kind: 'not-sent', code: 'aborted' });
      const [tunnel] = proxy.tunnels;
      if (tunnel?.readable === true) await once(tunnel, 'end');
    });

    it('that is not there or makes no sense, nothing is sent', async () => {
      const refusing = net.createServer();
      const port = await listen(refusing);
      await new Promise((resolve) => refusing.close(resolve));
      const adapter = newHttp({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
      expect(await adapter.send(post('https://jeton.test/'))).toEqual({
        kind: 'not-sent',
        code: 'ECONNREFUSED',
      });
      expect(await newHttp({ HTTPS_PROXY: 'http://' }).send(post('https://jeton.test/'))).toEqual({
        kind: 'not-sent',
        code: 'ERR_PROXY_INVALID_CONFIG',
      });
    });

    it('a stranger’s certificate is refused, and an answer lost on the way is unanswered', async () => {
      const stranger = await serve(selfSignedCertificate(['jeton.test']));
      const proxy = await startProxy();
      const adapter = newHttp({ HTTPS_PROXY: proxy.url });
      expect(await adapter.send(post(`https://jeton.test:${stranger.port}/`))).toEqual({
        kind: 'not-sent',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
      expect(stranger.decrypted()).toBe(0);

      const losing = tls.createServer(trusted, (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => proxy.tunnels.at(-1)?.resetAndDestroy());
      });
      const port = await listen(losing);
      expect(await adapter.send(post(`https://jeton.test:${port}/`))).toEqual(CONNECTION_LOST);
    });

    it('is not used for this machine, nor for hosts in NO_PROXY', async () => {
      const { port } = await serve(trusted);
      const plain = await listen(http.createServer((_, response) => response.end('{}')));
      const proxy = await startProxy();
      const adapter = newHttp({
        HTTPS_PROXY: proxy.url,
        HTTP_PROXY: proxy.url,
        NO_PROXY: 'example.com,jeton.invalid',
      });
      expect(await adapter.send(post(`https://localhost:${port}/`))).toMatchObject({ status: 200 });
      expect(await adapter.send(post(`http://127.0.0.1:${plain}/`))).toMatchObject({ status: 200 });
      expect(await adapter.send(post('https://jeton.invalid/'))).toMatchObject({ kind: 'not-sent' });
      expect(proxy.connects).toEqual([]);
      // Plain HTTP goes to the proxy itself, whose answer is then an answer.
      expect(await adapter.send(post('http://jeton.test/'))).toMatchObject({
        kind: 'response',
        status: 502,
        body: { kind: 'other' },
      });
    });
  });
});

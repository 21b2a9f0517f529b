import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { selfSignedCertificate } from './certificate.ts';

interface Visit {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Servers of somebody who wishes ill, behind one loopback port: browsers resolve every name under .localhost (RFC 6761
 * §6.3), and each name is a host of its own to them.
 */
export interface HostileWeb {
  readonly port: number;
  /** `http://name.localhost:port`, without a slash. */
  originOf(name: string): string;
  /** What a path answers, on whichever host; a text is a page's body. */
  answer(path: string, answer: string | RequestListener): void;
  /** Requests to that host, in order. */
  visitsTo(name: string): readonly Visit[];
  /** The first visit, past or to come, to that path of the host. */
  visited(name: string, path: string): Promise<Visit>;
  stop(): Promise<void>;
}

export async function startHostileWeb({ secure = false } = {}): Promise<HostileWeb> {
  const answers = new Map<string, string | RequestListener>();
  const visits: { readonly name: string; readonly visit: Visit }[] = [];
  const waiters = new Set<() => void>();
  const listener: RequestListener = (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://any');
    const name = (request.headers.host ?? '').replace(/\.localhost(:\d+)?$/, '');
    const { method = '', headers } = request;
    visits.push({ name, visit: { method, path: pathname, headers } });
    for (const look of waiters) look();
    const answer = answers.get(pathname) ?? '';
    if (typeof answer === 'function') answer(request, response);
    else
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
        .end(`<!DOCTYPE html><title>${name}</title><body>${answer}`);
  };
  const server = secure
    ? createSecureServer(selfSignedCertificate(['localhost', '*.localhost']), listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;

  const find = (name: string, path: string): Visit | undefined =>
    visits.find((each) => each.name === name && each.visit.path === path)?.visit;
  return {
    port,
    originOf: (name) => `${secure ? 'https' : 'http'}://${name}.localhost:${port}`,
    answer: (path, answer) => void answers.set(path, answer),
    visitsTo: (name) => visits.filter((each) => each.name === name).map(({ visit }) => visit),
    visited: (name, path) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = find(name, path);
          if (found === undefined) return;
          waiters.delete(look);
          resolve(found);
        };
        waiters.add(look);
        look();
      }),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Servers of foreign pages, and the fixture that browses them. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { HostOptions } from './host.ts';
import { startFixture, type Fixture } from './told.ts';

/** Answers its origin, without a slash. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function page(
  body: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): RequestListener {
  return (_, response) => response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
}

export function browse(
  start: string,
  env: Readonly<Record<string, string>> = {},
  options: Partial<HostOptions> = {},
): Promise<Fixture> {
  return startFixture('browsing', { ...options, env: { START: start, ...env } });
}

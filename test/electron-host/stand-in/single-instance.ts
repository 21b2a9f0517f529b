/**
 * https://www.electronjs.org/docs/latest/api/app#apprequestsingleinstancelockadditionaldata, between real processes: who
 * binds the socket of the user-data folder is the first. Binding is done when `listen` returns.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';

export interface SecondInstance {
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
}

let server: Server | undefined;
const deliveries = new Set<Promise<void>>();

function addressOf(userData: string): string {
  const name = `electron-host-${createHash('sha256').update(userData).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(userData, 'lock');
}

export function hasLock(): boolean {
  return server !== undefined;
}

export function requestLock(
  userData: string,
  additionalData: unknown,
  onSecond: (other: SecondInstance) => void,
): boolean {
  if (server !== undefined) return true;
  const address = addressOf(userData);
  const candidate = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => (text += part));
    socket.on('end', () => {
      socket.end();
      onSecond(JSON.parse(text) as SecondInstance);
    });
    socket.on('error', () => undefined);
  });
  candidate.on('error', () => undefined);
  candidate.listen(address);
  if (candidate.listening) {
    candidate.unref();
    server = candidate;
    return true;
  }
  const message: SecondInstance = { argv: process.argv, workingDirectory: process.cwd(), additionalData };
  const delivery = new Promise<void>((resolve) => {
    const socket = createConnection(address);
    socket.on('connect', () => socket.end(JSON.stringify(message)));
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
    socket.resume();
  });
  deliveries.add(delivery);
  void delivery.then(() => deliveries.delete(delivery));
  return false;
}

export function releaseLock(userData: string): void {
  server?.close();
  server = undefined;
  if (process.platform === 'darwin') rmSync(addressOf(userData), { force: true });
}

/** The other instance has been told. */
export async function delivered(): Promise<void> {
  await Promise.all(deliveries);
}

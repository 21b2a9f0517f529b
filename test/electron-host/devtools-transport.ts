/**
 * Playwright's connection to the Chromium that the application's windows are in. It looks on: whether and when a new
 * window goes ahead is the application's to decide, and whoever resumes a page that waits resumes it for everybody.
 */
import type { ConnectOverCDPTransport } from 'playwright-core';

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export async function onlooker(endpoint: string): Promise<ConnectOverCDPTransport> {
  const socket = new WebSocket(endpoint);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`no browser at ${endpoint}`)), { once: true });
  });
  const transport: ConnectOverCDPTransport = {
    send(message: Message) {
      const { id, method, sessionId, params } = message;
      if (method === 'Runtime.runIfWaitingForDebugger') {
        const reply = { id, result: {}, ...(sessionId === undefined ? {} : { sessionId }) };
        queueMicrotask(() => transport.onmessage?.(reply));
        return;
      }
      const changed =
        method === 'Target.setAutoAttach'
          ? { ...message, params: { ...params, waitForDebuggerOnStart: false } }
          : message;
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(changed));
    },
    close: () => socket.close(),
  };
  socket.addEventListener('message', ({ data }) => transport.onmessage?.(JSON.parse(String(data)) as object));
  socket.addEventListener('close', () => transport.onclose?.());
  return transport;
}

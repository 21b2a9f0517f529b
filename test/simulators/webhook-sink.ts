import http from 'node:http';
import { once } from 'node:events';

/** What the sink makes of one message; without any, it takes it as Discord (204) or Slack (`ok`) would. */
type Reply =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  /** As Discord: the header rounds up, the body has the fraction. */
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'reset' }
  /** Received, and never answered. */
  | { readonly kind: 'hang' };

interface ReceivedMessage {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: unknown;
  /** Of the answer; `undefined` while there is none. */
  status: number | undefined;
}

/** A channel's webhook on loopback that keeps what it is sent. */
export interface WebhookSink {
  readonly discordUrl: string;
  readonly slackUrl: string;
  /** The part of both URLs that nobody else may see. */
  readonly secret: string;
  /** In the order of arrival, refused ones included. */
  readonly received: readonly ReceivedMessage[];
  /** Replies to the next messages, one each. */
  inject(...replies: readonly Reply[]): void;
  /** Until this many messages have arrived. */
  waitFor(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startWebhookSink(): Promise<WebhookSink> {
  const secret = 'test-webhook-secret-7';
  const received: ReceivedMessage[] = [];
  const replies: Reply[] = [];
  const arrivals = new EventTarget();

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const message: ReceivedMessage = {
        path,
        contentType: request.headers['content-type'],
        body: JSON.parse(Buffer.concat(chunks).toString()),
        status: undefined,
      };
      received.push(message);
      arrivals.dispatchEvent(new Event('arrival'));
      const reply = replies.shift();
      const answer = (status: number, body = '', headers: http.OutgoingHttpHeaders = {}): void => {
        message.status = status;
        response.writeHead(status, headers).end(body);
      };
      switch (reply?.kind) {
        case undefined:
          return path.includes(secret)
            ? answer(path.startsWith('/api/') ? 204 : 200, path.startsWith('/api/') ? '' : 'ok')
            : answer(404, '{"message":"Unknown Webhook","code":10015}');
        case 'status':
          return answer(reply.status, reply.body, {
            ...(reply.retryAfter !== undefined && { 'retry-after': reply.retryAfter }),
          });
        case 'rate-limited': {
          const seconds = reply.retryAfterSeconds;
          const body = { message: 'You are being rate limited.', retry_after: seconds, global: false };
          return answer(429, JSON.stringify(body), { 'retry-after': String(Math.ceil(seconds)) });
        }
        case 'reset':
          return void request.socket.resetAndDestroy();
        case 'hang':
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    discordUrl: `${origin}/api/webhooks/7/${secret}`,
    slackUrl: `${origin}/services/T7/B7/${secret}`,
    secret,
    received,
    inject: (...more) => void replies.push(...more),
    async waitFor(count) {
      while (received.length < count) await once(arrivals, 'arrival');
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

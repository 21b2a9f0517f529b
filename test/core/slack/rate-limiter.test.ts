import { describe, expect, test } from 'vitest';
import type { Pace, WaitLimits } from '../../../src/core/slack/rate-limiter.ts';
import { RateLimiter } from '../../../src/core/slack/rate-limiter.ts';
import { VirtualTime } from '../../fakes/virtual-time.ts';

const served: Pace = { kind: 'served' };
const LATENCY_MS = 100;

/** A server that allows `perSecond` requests with a bucket of the same size and names whole seconds, like Slack. */
function limitedServer(time: VirtualTime, perSecond: number) {
  let tokens = perSecond;
  let filledAt = time.now();
  const log = { served: 0, throttled: 0, underWay: 0, mostUnderWay: 0 };
  const request = async (): Promise<Pace> => {
    log.underWay += 1;
    log.mostUnderWay = Math.max(log.mostUnderWay, log.underWay);
    await time.sleep(LATENCY_MS);
    log.underWay -= 1;
    tokens = Math.min(perSecond, tokens + ((time.now() - filledAt) / 1000) * perSecond);
    filledAt = time.now();
    if (tokens < 1) {
      log.throttled += 1;
      return { kind: 'throttled', retryAfterMs: 1000 };
    }
    tokens -= 1;
    log.served += 1;
    return served;
  };
  return { log, request };
}

/** Runs a request whose result is its pace. */
function paced(
  limiter: RateLimiter,
  request: () => Promise<Pace>,
  limits?: WaitLimits,
): Promise<Pace | undefined> {
  return limiter.run(async (answered) => {
    const pace = await request();
    answered(pace);
    return pace;
  }, limits);
}

async function untilServed(limiter: RateLimiter, request: () => Promise<Pace>): Promise<void> {
  let pace: Pace | undefined;
  do pace = await paced(limiter, request);
  while (pace?.kind === 'throttled');
}

describe('the rate limiter', () => {
  test('lets as many through at once as its ceiling, in their order', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(4, time, time);
    const server = limitedServer(time, 1000);
    const started: number[] = [];

    const all = Array.from({ length: 12 }, (_, index) =>
      paced(limiter, () => {
        started.push(index);
        return server.request();
      }),
    );
    await time.advance(3 * LATENCY_MS);
    await Promise.all(all);

    expect(server.log).toMatchObject({ served: 12, mostUnderWay: 4 });
    expect(started).toEqual(started.toSorted((a, b) => a - b));
  });

  test('lets more through at once as soon as its ceiling is raised', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(1, time, time);
    const server = limitedServer(time, 1000);
    const all = Array.from({ length: 3 }, () => paced(limiter, server.request));
    await time.advance(1);
    expect(server.log.underWay).toBe(1);
    limiter.adopt(3);
    await time.advance(1);
    expect(server.log.underWay).toBe(3);
    await time.advance(LATENCY_MS);
    await Promise.all(all);
  });

  test('finds the pace of a limited server, close to the fastest possible', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(32, time, time);
    const server = limitedServer(time, 10);
    let endedAt: number | undefined;

    const all = Promise.all(Array.from({ length: 200 }, () => untilServed(limiter, server.request))).then(
      () => {
        endedAt = time.now();
      },
    );
    await time.advance(60_000);
    await all;

    const floorMs = ((200 - 10) / 10) * 1000 + LATENCY_MS;
    expect(server.log.served).toBe(200);
    expect(endedAt).toBeLessThan(floorMs * 1.08);
    expect(server.log.throttled).toBeLessThan(60);
  });

  test('learns from answers, whatever is done with them afterwards', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(64, time, time);
    const server = limitedServer(time, 10);
    let answers = 0;
    const renew = async (): Promise<void> => {
      let pace: Pace | undefined;
      do {
        pace = await limiter.run(async (answered) => {
          await time.sleep(400);
          const answer = await server.request();
          answered(answer);
          // Where the first has been written, and the others have not, one seems to be all that the server allows.
          if (answer.kind === 'served' && (answers += 1) > 1) await time.sleep(500);
          return answer;
        });
      } while (pace?.kind === 'throttled');
    };
    let endedAt = Number.POSITIVE_INFINITY;
    const all = Promise.all(Array.from({ length: 200 }, renew)).then(() => (endedAt = time.now()));
    await time.advance(120_000);
    await all;
    expect(endedAt).toBeLessThan(((200 - 10) / 10) * 1000 * 1.15);
  });

  test('one 429 stops everybody for the time it names', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(8, time, time);
    await paced(limiter, async () => ({ kind: 'throttled', retryAfterMs: 30_000 }) as const);
    let startedAt: number | undefined;

    const next = paced(limiter, async () => {
      startedAt = time.now();
      return served;
    });
    await time.advance(29_999);
    expect(startedAt).toBeUndefined();
    await time.advance(1);
    await next;
    expect(startedAt).toBe(30_000);
  });

  test('a clock set back during a pause does not make it longer', async () => {
    const time = new VirtualTime(1_000_000_000);
    const limiter = new RateLimiter(1, time, time);
    await paced(limiter, async () => ({ kind: 'throttled', retryAfterMs: 10_000 }) as const);

    time.setWallClock(-7_200_000);
    let ran = false;
    const next = paced(limiter, async () => {
      ran = true;
      return served;
    });
    await time.advance(10_000);
    await next;
    expect(ran).toBe(true);
  });

  test('an abort frees who waits behind others, who go on waiting', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(1, time, time);
    await paced(limiter, async () => ({ kind: 'throttled', retryAfterMs: 30_000 }));
    let isStarted = false;
    const other = paced(limiter, async () => {
      isStarted = true;
      return served;
    });
    const stop = new AbortController();
    const ours = paced(limiter, async () => served, { signal: stop.signal });
    stop.abort();
    expect(await ours).toBeUndefined();
    expect(isStarted).toBe(false);
    await time.advance(31_000);
    expect(await other).toEqual(served);
  });

  test('an abort frees everybody who waits, and starts nothing', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(1, time, time);
    const stop = new AbortController();
    const first = paced(limiter, async () => time.sleep(1000).then(() => served), { signal: stop.signal });
    const waiting = Array.from({ length: 5 }, () =>
      paced(
        limiter,
        async () => {
          throw new Error('started after the abort');
        },
        { signal: stop.signal },
      ),
    );

    stop.abort();
    await time.advance(1000);
    expect(await first).toEqual(served);
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 5 }, () => undefined));
  });

  test('whoever cannot wait that long is told at once', async () => {
    const time = new VirtualTime(0);
    const limiter = new RateLimiter(2, time, time);
    const throttle = async (): Promise<Pace> => ({ kind: 'throttled', retryAfterMs: 3_600_000 });
    await paced(limiter, throttle);
    const waited = paced(limiter, throttle, { deadline: 600_000 });
    expect(await waited).toBeUndefined();
    expect(limiter.pausedUntil()).toBe(3_600_000);
  });
});

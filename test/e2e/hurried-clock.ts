/**
 * `node --import hurried-clock.ts`: a timer that would wait exactly as long as one of `HURRIED_CLOCK` (`28000:2000,…`,
 * milliseconds) waits shorter. A limit that is not the one that was promised is not hurried, and not seen to end.
 */
const hurried = new Map(
  (process.env['HURRIED_CLOCK'] ?? '').split(',').map((pair) => {
    const [from, to] = pair.split(':').map(Number);
    return [from, to] as const;
  }),
);
const { setTimeout: original } = globalThis;

Object.defineProperty(globalThis, 'setTimeout', {
  configurable: true,
  writable: true,
  value: Object.assign(
    (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) =>
      original(callback, hurried.get(delay) ?? delay, ...args),
    original,
  ),
});

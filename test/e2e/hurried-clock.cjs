/**
 * Loaded before the application, by Node or by Electron: a timer that would wait exactly as long as one of
 * `HURRIED_CLOCK` (`28000:2000,…`, milliseconds) waits shorter. A limit that is not the one that was promised is not
 * hurried, and not seen to end.
 */
const hurried = new Map(
  (process.env['HURRIED_CLOCK'] ?? '').split(',').map((pair) => pair.split(':').map(Number)),
);
for (const name of ['setTimeout', 'setInterval']) {
  const original = globalThis[name];
  Object.defineProperty(globalThis, name, {
    configurable: true,
    writable: true,
    value: Object.assign(
      (callback, delay, ...args) => original(callback, hurried.get(delay) ?? delay, ...args),
      original,
    ),
  });
}

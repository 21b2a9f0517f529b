/** What the application imports as `electron` under `electron-hook.cjs`: Electron's own, with a tray that is noticed. */
export * from 'electron';
export const { Tray } = globalThis.jetonDriver;

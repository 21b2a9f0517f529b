/** The end of a person's session: the machine shuts down or restarts, or they log off. */
import type { Event, WindowSessionEndEvent } from 'electron';

/** Of a window: https://www.electronjs.org/docs/latest/api/base-window#event-query-session-end-windows. */
export interface SessionWindow {
  on(event: 'query-session-end' | 'session-end', listener: (event: WindowSessionEndEvent) => void): unknown;
}

export interface SessionEndRequest {
  readonly platform: NodeJS.Platform;
  /** https://www.electronjs.org/docs/latest/api/power-monitor#event-shutdown-linux-macos */
  readonly onShutdown: (listener: (event: Event) => void) => void;
  readonly onWindowCreated: (listener: (window: SessionWindow) => void) => void;
  /** One that nobody sees. */
  readonly createWindow: () => SessionWindow;
  /** Something is under way that this would cut short. */
  readonly isBusy: () => boolean;
  readonly quit: () => void;
}

/**
 * Ends Jeton in order before its session ends, as far as the system waits: what is not stored by then is in doubt, and
 * asked for again at the next start. After the application is ready.
 */
export function heedSessionEnd(request: SessionEndRequest): void {
  if (request.platform === 'win32') heedWindows(request);
  // Unless this is prevented, nobody waits; whoever prevents it has to quit.
  else
    request.onShutdown((event) => {
      event.preventDefault();
      request.quit();
    });
}

/** Windows tells windows alone, of which there may be none: a tray icon is not one. */
function heedWindows({ onWindowCreated, createWindow, isBusy, quit }: SessionEndRequest): void {
  const listen = (window: SessionWindow): void => {
    // Another program, or the person, may still call it off: nothing is ended that need not be.
    window.on('query-session-end', (event) => {
      if (!isBusy()) return;
      event.preventDefault();
      quit();
    });
    window.on('session-end', () => quit());
  };
  onWindowCreated(listen);
  listen(createWindow());
}

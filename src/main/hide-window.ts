import type { BrowserWindow } from 'electron';

type Hidable = Pick<BrowserWindow, 'isFullScreen' | 'setFullScreen' | 'hide'> & {
  once(event: 'leave-full-screen', listener: () => void): unknown;
};

/** A Mac's full screen stays, black, behind a window that is hidden in it: https://github.com/electron/electron/issues/20263. */
export function hideWindow(window: Hidable): void {
  if (window.isFullScreen()) {
    window.once('leave-full-screen', () => window.hide());
    window.setFullScreen(false);
  } else {
    window.hide();
  }
}

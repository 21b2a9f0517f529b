/** https://www.electronjs.org/docs/latest/api/shell: opens nothing, and remembers what it was to open. */
import type Electron from 'electron';
import type { OpenedState } from '../protocol.ts';
import { publish, state } from './control.ts';
import { facade } from './facade.ts';

export function recordOpened(kind: OpenedState['kind'], target: string): void {
  publish({ opened: [...state.opened, { kind, target }] });
}

export const shell = facade('shell', {
  openExternal(url) {
    recordOpened('external', url);
    return Promise.resolve();
  },
  openPath(path) {
    recordOpened('path', path);
    return Promise.resolve('');
  },
  showItemInFolder: (path) => recordOpened('folder', path),
  beep: () => undefined,
} satisfies Partial<Electron.Shell>);

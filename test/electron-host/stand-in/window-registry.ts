/** All windows that there are, and who is told of them. */
import type Electron from 'electron';
import { publish } from './control.ts';
import type { DesktopWindow } from './desktop-window.ts';

type CreatedListener = (window: Electron.BrowserWindow) => void;
type FocusListener = (
  event: 'browser-window-focus' | 'browser-window-blur',
  window: Electron.BrowserWindow,
) => void;

const windows = new Map<number, DesktopWindow>();
const createdListeners: CreatedListener[] = [];
const focusListeners: FocusListener[] = [];
let whenAllClosed: () => void = () => undefined;
let lastId = 0;

export function nextWindowId(): number {
  return ++lastId;
}

export function onAllClosed(listener: () => void): void {
  whenAllClosed = listener;
}

export function onWindowCreated(listener: CreatedListener): void {
  createdListeners.push(listener);
}

export function onFocusChanged(listener: FocusListener): void {
  focusListeners.push(listener);
}

export function desktopWindows(): readonly DesktopWindow[] {
  return [...windows.values()];
}

export function desktopWindow(id: number): DesktopWindow | undefined {
  return windows.get(id);
}

export function allWindows(): readonly Electron.BrowserWindow[] {
  return desktopWindows().map(({ facade }) => facade);
}

/** The test sees them as they are now. */
export function publishWindows(): void {
  publish({ windows: desktopWindows().map((desktop) => desktop.state()) });
}

export function addWindow(desktop: DesktopWindow): void {
  windows.set(desktop.id, desktop);
}

export function tellCreated({ facade }: DesktopWindow): void {
  for (const listener of createdListeners) listener(facade);
}

export function tellFocus(...[event, window]: Parameters<FocusListener>): void {
  for (const listener of focusListeners) listener(event, window);
}

export function removeWindow({ id }: DesktopWindow): void {
  windows.delete(id);
}

export function tellClosed(): void {
  publishWindows();
  if (windows.size === 0) whenAllClosed();
}

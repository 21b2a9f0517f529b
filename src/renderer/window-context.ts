import { createContext, useContext } from 'react';
import type { AppState, JetonBridge, Payload } from '../shared/ipc/bridge.ts';
import type { Times } from '../shared/messages/times.ts';
import type { WindowMessages } from '../shared/messages/window/window-messages.ts';
import type { ExportOutput } from './hooks/use-export-output.ts';

export type View = Payload<'viewRequested'>['view'];
export const VIEWS = [
  'integrations',
  'activity',
  'bot',
  'settings',
  'about',
] as const satisfies readonly View[];

/** A place within a view that something else leads to. */
export type Place =
  | { readonly kind: 'integration'; readonly id: string }
  | { readonly kind: 'log' }
  | { readonly kind: 'settings-group'; readonly group: string };

/** A way to a place; a new object each time, so that the same way can be gone again. */
export interface Way {
  readonly view: View;
  readonly place: Place | undefined;
  /** Whoever goes it is there afterwards; else they stay at what they went by. */
  readonly takesFocus: boolean;
}

/** What every part of the window may need. */
export interface WindowContext {
  readonly jeton: JetonBridge;
  readonly state: AppState;
  readonly messages: WindowMessages;
  readonly t: WindowMessages['t'];
  readonly times: Times;
  /** Epoch milliseconds; moves on about each half minute. */
  readonly now: number;
  readonly output: ExportOutput;
  readonly clearOutput: (name: string) => void;
  /** Where somebody wanted to go last. */
  readonly way: Way;
  readonly goTo: (view: View, place?: Place) => void;
  /** By the navigation, which keeps the focus. */
  readonly turnTo: (view: View) => void;
}

const Context = createContext<WindowContext | undefined>(undefined);

export const WindowProvider = Context.Provider;

export function useWindow(): WindowContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error('outside of the window');
  return context;
}

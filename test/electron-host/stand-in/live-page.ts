/** What the rooms of a page share: its name, its frames, its events, and the way to Chromium. */
import type Electron from 'electron';
import type { Params } from './cdp.ts';
import type { EmitterOf } from './events.ts';
import type { FrameTree } from './frame-tree.ts';
import type { Partition, SessionPage } from './session.ts';

export interface LivePage extends SessionPage {
  readonly partition: Partition;
  readonly webPreferences: Electron.WebPreferences;
  readonly emitter: EmitterOf<Electron.WebContents>;
  readonly frames: FrameTree;
  /** Undefined where the page, or what is asked of it, is gone. */
  attempt(method: string, params?: Params): Promise<Params | undefined>;
}

import type { Engine } from '../../core/engine.ts';
import type { Logger } from '../../core/ports.ts';
import type { OpenHome } from '../../node/open-home.ts';
import type { Wording } from '../../node/reports/fact.ts';
import type { SettingsFile } from '../../node/settings-file.ts';
import type { Stop } from '../../node/stop.ts';
import type { Desktop } from '../desktop.ts';
import type { Announcer } from './announcer.ts';

/** The home, open, and the engine of the moment. */
export interface Open {
  readonly home: OpenHome;
  readonly engine: Engine;
  readonly log: Logger;
}

/** What every command is given. */
export interface Surroundings {
  /** Jeton's home. */
  readonly folder: string;
  /** Where Jeton itself is: a checkout, or the archive of a package. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly desktop: Desktop;
  readonly settingsFile: SettingsFile;
  readonly log: Logger;
  readonly stop: Stop;
  readonly words: Wording;
  readonly announcer: Announcer;
  /** Throws why the home cannot be used, or `cancelled` once Jeton is ending. */
  readonly use: <T>(work: (open: Open) => Promise<T>) => Promise<T>;
  /** As `use`, and also while Jeton is ending: for what was received by then, and would be lost. */
  readonly finish: <T>(work: (open: Open) => Promise<T>) => Promise<T>;
  /** Something may look different now. */
  readonly changed: () => void;
  /** The background looks at what is due, without waiting for its minute. */
  readonly lookSoon: () => void;
}

// Temporary: takes the place of the real one, on its way from another branch, so that this compiles.
import type { Application } from '../application.ts';
import type { Desktop } from '../desktop.ts';

export interface ApplicationOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly desktop: Desktop;
  readonly version: string;
}

export async function openApplication(options: ApplicationOptions): Promise<Application> {
  throw new Error(`not here yet: ${options.home}`);
}

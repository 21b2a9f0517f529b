import type { TestProject } from 'vitest/node';
import { ensureBuilt } from '../../scripts/ensure-built.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly isCliBuilt: boolean;
  }
}

/**
 * Tests of the command line run what users run: built once, before all of them. Where that fails, vite has said
 * why, and only they fail.
 */
export default function setup(project: TestProject): void {
  try {
    ensureBuilt();
    project.provide('isCliBuilt', true);
  } catch {
    project.provide('isCliBuilt', false);
  }
}

/** When `jeton slack refresh` last ran: how `jeton schedule status` knows that the schedule works. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

export interface LastRun {
  /** Epoch milliseconds. */
  readonly endedAt: number;
  readonly exitCode: number;
}

/** Whoever started it, or only what the schedule's entry started. */
type RunKind = 'any' | 'scheduled';

const FILES: Readonly<Record<RunKind, string>> = {
  any: 'last-run.json',
  scheduled: 'last-scheduled-run.json',
};

const lastRunSchema = z.object({ endedAt: z.iso.datetime(), exitCode: z.int() });

export function rememberRun(home: string, exitCode: number, scheduled: boolean): void {
  const run = `${JSON.stringify({ endedAt: new Date().toISOString(), exitCode })}\n`;
  try {
    writeFileSync(join(home, FILES.any), run, { mode: 0o600 });
    if (scheduled) writeFileSync(join(home, FILES.scheduled), run, { mode: 0o600 });
  } catch {
    // A full disk: the run itself has said what it could not write.
  }
}

/** `undefined` where there was none. */
export function lastRun(home: string, kind: RunKind): LastRun | undefined {
  try {
    const text = readFileSync(join(home, FILES[kind]), 'utf8');
    const { endedAt, exitCode } = lastRunSchema.parse(JSON.parse(text));
    return { endedAt: Date.parse(endedAt), exitCode };
  } catch {
    return undefined;
  }
}

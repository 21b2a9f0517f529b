/** Where the window was left, for the next start. In a small file of the home: it is of this machine, no setting. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const LEAST = { width: 360, height: 400 } as const;
const USUAL = { width: 1000, height: 700 } as const;
/** So much of its upper edge has to be on a screen: there it can be taken hold of. Pixels. */
const GRIP = { width: 120, height: 32 } as const;

const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().check(z.minimum(LEAST.width), z.maximum(10_000)),
  height: z.int().check(z.minimum(LEAST.height), z.maximum(10_000)),
});

/**
 * What the window is made with: as it was, if its upper edge is on one of the screens that there are now, else in the
 * middle, where Electron puts what has no place.
 *
 * @param screens the areas in which windows may be, of all displays.
 */
export function boundsFor(
  home: string,
  screens: readonly Bounds[],
): Partial<Bounds> & Pick<Bounds, 'width' | 'height'> {
  const kept = boundsSchema.safeParse(readKept(home));
  if (!kept.success) return USUAL;
  const { data } = kept;
  return screens.some((screen) => isWithinReach(data, screen)) ? data : USUAL;
}

/** Nothing depends on it: a disk that does not take it is no trouble. */
export function keepBounds(home: string, { x, y, width, height }: Bounds): void {
  try {
    writeFileSync(fileIn(home), `${JSON.stringify({ x, y, width, height })}\n`, { mode: 0o600 });
  } catch {
    // The next start has the usual size.
  }
}

function readKept(home: string): unknown {
  try {
    return JSON.parse(readFileSync(fileIn(home), 'utf8'));
  } catch {
    return undefined;
  }
}

function fileIn(home: string): string {
  return join(home, 'window.json');
}

function isWithinReach(window: Bounds, screen: Bounds): boolean {
  const shared = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  return shared >= GRIP.width && window.y >= screen.y && window.y + GRIP.height <= screen.y + screen.height;
}

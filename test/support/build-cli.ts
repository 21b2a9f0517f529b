import { ensureBuilt } from '../../scripts/ensure-built.ts';

/** Tests of the command line run what users run: built once, before all of them. */
export default function setup(): void {
  ensureBuilt();
}

/** Debian's `nobody` and `nogroup`. */
export const NOBODY = 65_534;

/** Does the work without root's powers; whoever is not root has none to lose. */
export async function withoutPowers<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  const group = process.getegid?.() ?? 0;
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
  }
}

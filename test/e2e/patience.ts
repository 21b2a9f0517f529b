/**
 * Milliseconds until a condition that does not come true fails: two cores that are busy with other tests are slow.
 */
export const PATIENCE_MS = 45_000;

/** All that the system's schedulers repeat, as `jeton schedule install --every` takes it. Minutes. */
export const INTERVALS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440,
];

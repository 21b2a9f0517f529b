import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-cli.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real servers and child processes on two cores: more workers only make them wait for each other.
    maxWorkers: 2,
    sequence: { concurrent: false },
  },
});

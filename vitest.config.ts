import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-cli.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real servers, browsers and child processes on two cores: half of the time a test waits for one of them.
    maxWorkers: 3,
    sequence: { concurrent: false },
  },
});

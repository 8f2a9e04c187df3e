/** Tests with what npm does not bring: run by a step of their own, since they install hundreds of megabytes. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/installed/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    globalSetup: ['test/support/build-once.ts'],
  },
});

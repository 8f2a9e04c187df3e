import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'stages/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
    // Those have a step and a configuration of their own.
    exclude: [...configDefaults.exclude, 'test/installed/**'],
    // Real processes and real disks take their time on a busy machine; a hang is still found.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/build-once.ts'],
    setupFiles: ['test/support/same-examples.ts'],
  },
});

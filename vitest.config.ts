import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/acceptance/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          // They measure time and use every core themselves: one after the other, and alone.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // TensorFlow calls block their process: a test gets time enough on a loaded two-core machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

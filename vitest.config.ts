import { defineConfig } from 'vitest/config';

/** Each a search with one core's work, which measures no more than its own computing and memory. */
const searches = ['mutations', 'prediction', 'bad-input'].map((name) => `test/acceptance/${name}.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/acceptance/**'],
          // Vitest would leave one core to itself, which on two is half of the machine.
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          exclude: searches,
          // They measure time and use every core themselves: one after the other, and alone.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance-searches',
          include: searches,
          maxWorkers: '100%',
          sequence: { groupOrder: 3 },
        },
      },
    ],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // TensorFlow calls block their process: a test gets time enough on a loaded two-core machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});

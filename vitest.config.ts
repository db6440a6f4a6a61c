import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // TensorFlow calls block their process: a test gets time enough on a loaded two-core machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

import { defineConfig } from 'vitest/config';

/** Runs the benchmarks as vitest runs tests, so that they need no build of their own: one after the other, alone. */
export default defineConfig({
  test: {
    include: ['bench/train.ts', 'bench/assignment.ts'],
    pool: 'forks',
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 900_000,
  },
});

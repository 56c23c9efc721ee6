import { defineConfig } from 'vitest/config';

/** Runs the benchmarks as vitest runs tests, one after the other, alone. Worker threads need the compiled program. */
export default defineConfig({
  test: {
    include: ['bench/train.ts', 'bench/assignment.ts', 'bench/lanes.ts'],
    pool: 'forks',
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 900_000,
  },
});

import { defineConfig } from 'vitest/config';

/** Runs the benchmarks as vitest runs tests, one after the other, alone. Worker threads need the compiled program. */
export default defineConfig({
  test: {
    include: [
      'bench/train.ts',
      'bench/sampling.ts',
      'bench/assignment.ts',
      'bench/lanes.ts',
      'bench/score.ts',
      'bench/scoreScale.ts',
    ],
    pool: 'forks',
    // As the command runs: see docs/design.md.
    execArgv: ['--single-threaded-gc'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 900_000,
  },
});

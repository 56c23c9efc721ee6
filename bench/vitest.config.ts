import { defineConfig } from 'vitest/config';
import { InOrder, ORDER } from './order.js';

/** Runs the benchmarks as vitest runs tests, one after the other, alone. Worker threads need the compiled program. */
export default defineConfig({
  test: {
    include: ORDER.map((name) => `bench/${name}.ts`),
    globalSetup: 'bench/collect.ts',
    sequence: { sequencer: InOrder },
    pool: 'forks',
    // As the command runs: see docs/design.md.
    execArgv: ['--single-threaded-gc'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 900_000,
  },
});

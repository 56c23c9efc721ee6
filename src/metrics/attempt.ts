import type { Result } from './contract.js';

/** A result with the time it took. */
export interface TimedResult {
  readonly result: Result;
  readonly seconds: number;
}

/**
 * How the computations of one scoring are run. A scoring that is interrupted in the middle of a computation is attempted again, and what
 * an earlier attempt has found out is not computed twice.
 */
export interface Attempt {
  /** @param name of the computation, the same in every attempt and different from all others */
  run(name: string, compute: () => Promise<Result>): Promise<TimedResult>;
}

/** Every computation is run, to its end. */
export const straightAttempt: Attempt = {
  async run(_name, compute) {
    const started = performance.now();
    const result = await compute();
    return { result, seconds: (performance.now() - started) / 1000 };
  },
};

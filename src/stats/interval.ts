import { NORMAL_975 } from './normal.js';

/** A two-sided 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** value ± 1.96 standard errors, clipped to the range of possible values (null = unbounded). */
export function normalInterval(
  value: number,
  standardError: number,
  range: readonly [number | null, number | null],
): Interval {
  const low = value - NORMAL_975 * standardError;
  const high = value + NORMAL_975 * standardError;
  return {
    low: range[0] === null ? low : Math.max(range[0], low),
    high: range[1] === null ? high : Math.min(range[1], high),
  };
}

/**
 * Wilson's score interval for a proportion (Wilson 1927), 95 %: `successes` of `trials`.
 * Unlike value ± 1.96 SE it keeps a width at 0 and 1.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!(trials > 0)) throw new RangeError(`at least one trial, not ${trials}`);
  const z2 = NORMAL_975 * NORMAL_975;
  const p = successes / trials;
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (NORMAL_975 / (1 + z2 / trials)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

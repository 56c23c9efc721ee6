import { wilsonInterval, type Interval } from './interval.js';

/** A share of a number of trials; neither needs to be whole (effective numbers). */
export interface Proportion {
  readonly share: number;
  readonly trials: number;
}

/**
 * 95 % interval of p₁ − p₂ for independent shares, from two Wilson intervals by the square-and-add rule (Newcombe 1998,
 * method 10); it keeps a width at 0 and 1.
 */
export function proportionDifferenceInterval(first: Proportion, second: Proportion): Interval {
  const [a, b] = [first, second].map(({ share, trials }) => wilsonInterval(share * trials, trials));
  const difference = first.share - second.share;
  return {
    low: Math.max(-1, difference - Math.hypot(first.share - a!.low, b!.high - second.share)),
    high: Math.min(1, difference + Math.hypot(a!.high - first.share, second.share - b!.low)),
  };
}

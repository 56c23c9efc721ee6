import { random } from '../engine/random.js';
import { signFlipTest } from './signFlip.js';
import { studentUpperQuantile } from './studentT.js';

/** Chance of finding a difference of the stated size. */
export const POWER = 0.8;

/** Up to so many pairs the power of the exact test is simulated; beyond, Student's approximation differs by under 2 %. */
const SIMULATED_PAIRS = 10;
const SIMULATIONS = 1000;

const known = new Map<string, number>();

function simulated(pairs: number, level: number): number {
  const stream = random('detectable shift', pairs);
  const samples = Array.from({ length: SIMULATIONS }, () =>
    Array.from({ length: pairs }, () => stream.normal()),
  );
  const power = (shift: number): number =>
    samples.filter((sample) => signFlipTest(sample.map((one) => one + shift)) < level).length / SIMULATIONS;
  let [low, high] = [0, 1];
  while (power(high) < POWER) [low, high] = [high, 2 * high];
  while (high - low > 0.005 * high) {
    const middle = (low + high) / 2;
    if (power(middle) < POWER) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The smallest true difference that the exact two-sided sign-flip test finds with 80 % power, in standard deviations of the
 * paired differences, if those are normal: simulated with 1,000 fixed samples up to ten pairs, Student's approximation
 * (t_{1−α/2} + t_{.8})/√n beyond.
 *
 * @param pairs at least 1
 * @param level significance level, 0…1
 * @returns null where no number of differences can reach the level: 2/2ⁿ ≥ level
 */
export function detectableShift(pairs: number, level: number): number | null {
  if (!(pairs >= 1 && level > 0 && level < 1)) throw new RangeError(`pairs ${pairs} at level ${level}`);
  if (2 / 2 ** pairs >= level) return null;
  if (pairs > SIMULATED_PAIRS) {
    const quantile = (tail: number): number => studentUpperQuantile(tail, pairs - 1);
    return (quantile(level / 2) + quantile(1 - POWER)) / Math.sqrt(pairs);
  }
  const key = `${pairs}/${level}`;
  const shift = known.get(key) ?? simulated(pairs, level);
  known.set(key, shift);
  return shift;
}

/** The smallest number of pairs with which the exact two-sided sign-flip test can reach the level at all. */
export const fewestPairs = (level: number): number => Math.floor(Math.log2(2 / level)) + 1;

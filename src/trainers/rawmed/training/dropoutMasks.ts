import type { Random } from '../../../engine/random.js';

const HALF = 65_536;

/**
 * Fills with 0 (probability `share`) and 1/(1 − share). Two numbers come from one draw of 32 bits, so the probability is that
 * of 16 bits: off by at most 1/65,536.
 */
export function fillDropout(target: Float32Array, share: number, random: Random): Float32Array {
  const limit = Math.round(share * HALF);
  const kept = HALF / (HALF - limit);
  for (let i = 0; i < target.length; i += 2) {
    const both = random.uniform() * HALF;
    const high = Math.floor(both);
    target[i] = high < limit ? 0 : kept;
    if (i + 1 < target.length) target[i + 1] = (both - high) * HALF < limit ? 0 : kept;
  }
  return target;
}

import type { Random } from '../../engine/random.js';

/**
 * Counts with independent Laplace noise of scale 1/ε, none below 0 (Dwork et al. 2006): the mechanism for a histogram in
 * which a stay more or less changes one cell by one.
 */
export function withLaplaceNoise(counts: Float64Array, epsilon: number, random: Random): Float64Array {
  return counts.map((count) => {
    const u = random.uniform() - 0.5;
    // 1 − 2|u| is 0 for the one draw u = −½, whose noise would be infinite.
    const noise = (-Math.sign(u) / epsilon) * Math.log(Math.max(1 - 2 * Math.abs(u), 2 ** -33));
    return Math.max(count + noise, 0);
  });
}

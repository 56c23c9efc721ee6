import { random } from '../engine/random.js';

/** Up to so many pairs every one of the 2ⁿ sign patterns is counted; of more pairs, random patterns. */
export const MOST_COUNTED_PAIRS = 22;
const RANDOM_PATTERNS = 100_000;

/**
 * How many of the 2ⁿ sign patterns give a sum of at least the observed one (equal up to rounding counts), as a share.
 * Differences that are exchangeable in sign have this share at most α with probability α.
 */
function shareAtLeast(magnitudes: Float64Array, observed: number): number {
  const n = magnitudes.length;
  const slack = 1e-12 * magnitudes.reduce((sum, one) => sum + one, 0);
  if (n > MOST_COUNTED_PAIRS) return sampledShare(magnitudes, observed - slack);
  const patterns = 2 ** n;
  let sum = -magnitudes.reduce((total, one) => total + one, 0);
  let count = sum >= observed - slack ? 1 : 0;
  // Gray code: from one pattern to the next a single sign changes.
  let signs = 0;
  for (let i = 1; i < patterns; i++) {
    const bit = 31 - Math.clz32(i & -i);
    signs ^= 1 << bit;
    sum += (signs >> bit) & 1 ? 2 * magnitudes[bit]! : -2 * magnitudes[bit]!;
    if (sum >= observed - slack) count++;
  }
  return count / patterns;
}

/** (b + 1)/(B + 1) over B fixed random patterns, which keeps the level exact (Phipson & Smyth 2010). */
function sampledShare(magnitudes: Float64Array, least: number): number {
  const stream = random('sign-flip', magnitudes.length);
  let count = 0;
  for (let pattern = 0; pattern < RANDOM_PATTERNS; pattern++) {
    let sum = 0;
    for (const magnitude of magnitudes) sum += stream.uniform() < 0.5 ? magnitude : -magnitude;
    if (sum >= least) count++;
  }
  return (count + 1) / (RANDOM_PATTERNS + 1);
}

function requirePairs(differences: readonly number[]): void {
  if (differences.length < 1 || !differences.every(Number.isFinite))
    throw new RangeError(
      `a sign-flip test needs finite differences, at least one, not ${differences.length}`,
    );
}

/**
 * Two-sided p value, exact up to 22 pairs, of the sign-flip permutation test that paired differences are symmetric around 0; statistic: their
 * mean (Fisher 1935). The smallest possible value is 2/2ⁿ, so five pairs never reach .05.
 *
 * @throws RangeError for no pair, or differences that are not finite
 */
export function signFlipTest(differences: readonly number[]): number {
  requirePairs(differences);
  const observed = Math.abs(differences.reduce((sum, one) => sum + one, 0));
  const share = shareAtLeast(Float64Array.from(differences, Math.abs), observed);
  // The distribution is symmetric; at 0 both tails share their middle.
  return Math.min(1, 2 * share);
}

/**
 * P value, exact up to 22 pairs, of the two one-sided sign-flip tests that the mean difference lies within ±margin (TOST, Schuirmann 1987, with
 * permutation instead of t tests): the larger of the p values of "not above −margin" and "not below margin". Small = equivalent.
 *
 * @param margin above 0, in the unit of the differences
 * @throws RangeError as `signFlipTest`, and for a margin that is not positive
 */
export function equivalenceTest(differences: readonly number[], margin: number): number {
  requirePairs(differences);
  if (!(margin > 0)) throw new RangeError(`an equivalence margin above 0, not ${margin}`);
  const oneSided = (shifted: readonly number[]): number =>
    shareAtLeast(
      Float64Array.from(shifted, Math.abs),
      shifted.reduce((sum, one) => sum + one, 0),
    );
  return Math.max(
    oneSided(differences.map((one) => one + margin)),
    oneSided(differences.map((one) => margin - one)),
  );
}

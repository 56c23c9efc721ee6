import type { Cohort } from '../../cohort/types.js';
import { jensenShannonDistance } from '../../stats/jensenShannon.js';
import { definedOrNull } from '../additiveGap.js';
import { countsOf, pairedReplicates, type Counting, type SeedPair } from '../pairedReplicates.js';
import { worstGap, type VariableGap } from './variableGaps.js';

/** Distances between the shares of categories in two cohorts. NaN when a cohort has no value. */
export interface CategoryDistances {
  /** Total variation distance ½Σ|p − q| over the union of categories. */
  readonly tvd: number;
  /** Square root of the Jensen–Shannon divergence, base 2, without smoothing. */
  readonly js: number;
  /** What TVD would be on average for independent values of one law, see `expectedTvd`. */
  readonly expectedTvd: number;
}

/** Distances for the cohorts as they are and for resamples of their patients. */
export interface CategoryComparison {
  readonly point: CategoryDistances;
  readonly resampled: readonly CategoryDistances[];
  /** Whether each side has any value. */
  readonly present: { readonly synthetic: boolean; readonly real: boolean };
}

/** Compares how often each category (column of the counting) occurs. */
export function compareCategories(
  synthetic: Cohort,
  real: Cohort,
  counting: Counting,
  resamples: number,
  seeds: SeedPair,
): CategoryComparison {
  const found = pairedReplicates(synthetic, real, counting, 'categories', distances, resamples, seeds);
  const named = ([tvd, js, expected]: Float64Array): CategoryDistances => ({
    tvd: tvd!,
    js: js!,
    expectedTvd: expected!,
  });
  return {
    point: named(found.point),
    resampled: found.resampled.map(named),
    present: {
      synthetic: countsOf(synthetic, counting).position.length > 0,
      real: countsOf(real, counting).position.length > 0,
    },
  };
}

/** Total variation distance of a variable; the worst value when exactly one side has any value of it. */
export function tvdGap(name: string, { point, resampled, present }: CategoryComparison): VariableGap {
  if (present.synthetic !== present.real) return worstGap(name, resampled.length);
  return {
    name,
    value: definedOrNull(point.tvd),
    resampled: resampled.map((drawn) => definedOrNull(drawn.tvd)),
    absentOnOneSide: false,
  };
}

function distances(synthetic: Float64Array, real: Float64Array): Float64Array {
  const [ofSynthetic, ofReal] = [sum(synthetic), sum(real)];
  if (ofSynthetic === 0 || ofReal === 0) return new Float64Array(3).fill(Number.NaN);
  let absolute = 0;
  let expected = 0;
  for (let k = 0; k < real.length; k++) {
    const p = synthetic[k]! / ofSynthetic;
    const q = real[k]! / ofReal;
    absolute += Math.abs(p - q);
    expected += expectedDifference(q, ofSynthetic, ofReal);
  }
  return Float64Array.of(
    Math.min(1, absolute / 2),
    jensenShannonDistance(synthetic, real) ?? Number.NaN,
    expected / 2,
  );
}

/**
 * E|p̂₁ − p̂₂| ≈ √(2/π · (p(1 − p)/n₁ + p(1 − p)/n₂)) of a category of share p among n₁ and n₂ independent values
 * (normal approximation; mostlyai-qa `calculate_expected_l1_multinomial`).
 */
export function expectedDifference(p: number, n1: number, n2: number): number {
  return Math.sqrt((2 / Math.PI) * ((p * (1 - p)) / n1 + (p * (1 - p)) / n2));
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

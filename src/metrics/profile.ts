import type { Cohort } from '../cohort/types.js';
import { definedOrNull } from './additiveGap.js';
import { featuresWhere, isNumeric } from './comparison.js';
import type { CohortProfile } from './contract.js';
import { sortedFeature } from './marginal/sortedFeatures.js';
import { correlations, pairIndex } from './pairwise/correlations.js';
import { MIN_JOINT } from './pairwise/correlationGap.js';
import { MAX_LAG, MIN_PAIRS } from './temporal/acfGap.js';
import { autocorrelations } from './temporal/autocorrelations.js';

/** Smallest number of stays that may stand behind a published number. */
const SMALLEST_CELL = 11;

const QUANTILE_LEVELS: readonly number[] = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
];

/**
 * Aggregates of one cohort for figures, under the disclosure rules: quantiles only of features whose outermost levels
 * have at least 11 stays beyond them on either side; rates of 1…10 stays, and correlations behind which fewer than 11
 * stays stand, are null. Categorical features have observed rates only.
 */
export function cohortProfile(cohort: Cohort): CohortProfile {
  const { schema } = cohort;
  const features = schema.features.map((feature) => feature.name);
  const stays = features.map((_, f) => staysWithValue(cohort, f));
  return {
    features,
    units: schema.features.map((feature) => feature.unit ?? ''),
    quantileLevels: QUANTILE_LEVELS,
    quantiles: schema.features.map((feature, f) => (isNumeric(feature.kind) ? quantiles(cohort, f) : null)),
    autocorrelation: autocorrelation(cohort, stays),
    correlation: correlation(cohort, stays),
    observedRate: features.map((_, f) => observedRate(cohort, f)),
    stays: cohort.size,
  };
}

/** Linear interpolation between order statistics (type 7); null under the disclosure rule. */
function quantiles(cohort: Cohort, feature: number): readonly number[] | null {
  const { values, owner } = sortedFeature(cohort, feature);
  if (values.length === 0) return null;
  const result = QUANTILE_LEVELS.map((level) => {
    const at = level * (values.length - 1);
    const below = Math.floor(at);
    const above = Math.min(values.length - 1, below + 1);
    return values[below]! + (at - below) * (values[above]! - values[below]!);
  });
  const [lowest, highest] = [result[0]!, result.at(-1)!];
  const beyond = (isBeyond: (value: number) => boolean): number =>
    new Set(owner.filter((_, i) => isBeyond(values[i]!))).size;
  const safe =
    beyond((value) => value <= lowest) >= SMALLEST_CELL &&
    beyond((value) => value >= highest) >= SMALLEST_CELL;
  return safe ? result : null;
}

function observedRate(cohort: Cohort, feature: number): (number | null)[] {
  const { schema, observed, size } = cohort;
  return Array.from({ length: schema.steps }, (_, t) => {
    let count = 0;
    for (let i = 0; i < size; i++)
      count += observed[(i * schema.steps + t) * schema.features.length + feature]!;
    if (size === 0 || (count > 0 && count < SMALLEST_CELL)) return null;
    return count / size;
  });
}

function autocorrelation(cohort: Cohort, stays: readonly number[]): (number | null)[][] {
  const lags = Math.min(MAX_LAG, cohort.schema.steps - 1);
  const statistic = autocorrelations(lags, MIN_PAIRS);
  const rho = statistic.derive(statistic.sums(cohort).totals, cohort);
  return stays.map((count, f) =>
    Array.from({ length: lags }, (_, k) =>
      count < SMALLEST_CELL ? null : definedOrNull(rho[f * lags + k]!),
    ),
  );
}

function correlation(cohort: Cohort, stays: readonly number[]): (number | null)[][] {
  const statistic = correlations(MIN_JOINT);
  const r = statistic.derive(statistic.sums(cohort).totals, cohort);
  const numeric = featuresWhere(cohort, isNumeric).index;
  const places = stays.map((_, f) => numeric.indexOf(f));
  return places.map((a, f) =>
    places.map((b, g) => {
      if (a < 0 || b < 0 || Math.min(stays[f]!, stays[g]!) < SMALLEST_CELL) return null;
      if (a === b) return 1;
      return definedOrNull(r[pairIndex(Math.min(a, b), Math.max(a, b), numeric.length)]!);
    }),
  );
}

function staysWithValue(cohort: Cohort, feature: number): number {
  return sortedFeature(cohort, feature).counts.reduce((stays, count) => stays + (count > 0 ? 1 : 0), 0);
}

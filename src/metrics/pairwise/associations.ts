import type { Cohort } from '../../cohort/types.js';
import { replicates, type Replicates } from '../additiveStatistic.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { sparseReplicates } from '../sparseStatistic.js';
import { categoryAssociations, type CategoryAssociation } from './categoryAssociations.js';
import { correlationRatios } from './correlationRatios.js';
import { correlations } from './correlations.js';
import { rankCorrelations } from './rankCorrelations.js';

/** Correlation of two numeric features. */
export type NumericAssociation = 'pearson' | 'spearman';

/** What the associations of a cohort are measured by. */
export interface AssociationMethods {
  readonly numeric: NumericAssociation;
  readonly categorical: CategoryAssociation;
  /** Fewest steps at which both features of a pair are observed. */
  readonly minJoint: number;
}

/** Associations of all pairs: numeric, then categorical with numeric (η), then categorical ones; NaN = undefined. */
export async function associations(
  cohort: Cohort,
  { numeric, categorical, minJoint }: AssociationMethods,
  resamples: number,
  seed: number,
): Promise<Replicates> {
  const parts = [
    await replicates(
      cohort,
      numeric === 'pearson' ? correlations(minJoint) : rankCorrelations(minJoint),
      resamples,
      seed,
    ),
    sparseReplicates(cohort, correlationRatios(minJoint), resamples, seed),
    sparseReplicates(cohort, categoryAssociations(categorical, minJoint), resamples, seed),
  ];
  const joined = (rows: readonly Float64Array[]): Float64Array =>
    Float64Array.from(rows.flatMap((row) => [...row]));
  return {
    point: joined(parts.map(({ point }) => point)),
    resampled: Array.from({ length: resamples }, (_, b) =>
      joined(parts.map(({ resampled }) => resampled[b]!)),
    ),
  };
}

/** Names of the pairs in the order of `associations`. */
export function associationNames(
  cohort: Cohort,
  categorical: CategoryAssociation,
): readonly (readonly [string, string])[] {
  const numbers = featuresWhere(cohort, isNumeric).names;
  const categories = featuresWhere(cohort, (kind) => kind === 'categorical').names;
  const among = (names: readonly string[]): (readonly [string, string])[] =>
    names.flatMap((first, a) => names.slice(a + 1).map((second) => [first, second] as const));
  return [
    ...among(numbers),
    ...categories.flatMap((category) => numbers.map((number) => [category, number] as const)),
    ...among(categories).flatMap(([first, second]) =>
      categorical === 'theils-u'
        ? [[first, second] as const, [second, first] as const]
        : [[first, second] as const],
    ),
  ];
}

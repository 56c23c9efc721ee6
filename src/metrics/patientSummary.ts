import type { Cohort, CohortSchema, Variable } from '../cohort/types.js';
import type { FeatureTable } from '../stats/featureTable.js';
import { CohortCache } from './cohortCache.js';

/** Raised whenever a column changes; enters the versions of the metrics that use it. */
export const PATIENT_SUMMARY_VERSION = 1;

const cache = new CohortCache<FeatureTable>();

/**
 * The fixed embedding of stays: for every continuous or binary feature the mean, standard deviation (n − 1), slope per
 * step, first and last of its observed values and its missing rate; for every level of a categorical feature its share
 * of the observed steps, and the missing rate; the length; the statics (two-level categorical as 0/1, others one
 * column a level). Labels are no part of it. A statistic that needs more values than were observed (two for standard
 * deviation and slope) is missing (NaN).
 */
export function patientSummary(cohort: Cohort): FeatureTable {
  return cache.get(cohort, 'summary', () => {
    const { size, schema } = cohort;
    const columns = [
      ...schema.features.flatMap((feature) =>
        [...statisticsOf(feature), 'missing'].map((statistic) => `${feature.name} ${statistic}`),
      ),
      'length',
      ...schema.statics.flatMap((variable) =>
        indicatorsOf(variable).map((level) => `${variable.name} ${level}`),
      ),
    ];
    const values = new Float32Array(size * columns.length).fill(Number.NaN);
    for (let i = 0; i < size; i++) {
      let at = i * columns.length;
      schema.features.forEach((feature, f) => {
        at =
          feature.kind === 'categorical'
            ? writeLevelShares(cohort, i, f, feature.levels?.length ?? 0, values, at)
            : writeCourse(cohort, i, f, values, at);
      });
      values[at++] = cohort.length[i]!;
      schema.statics.forEach((variable, s) => {
        const cell = i * schema.statics.length + s;
        const known = cohort.staticsObserved[cell] === 1;
        const value = cohort.statics[cell]!;
        const levels = indicatorsOf(variable);
        levels.forEach((_, level) => {
          if (known) values[at] = levels.length === 1 ? value : value === level ? 1 : 0;
          at++;
        });
      });
    }
    return { rows: size, columns, values };
  });
}

/** The variable that a column of the summary tells about; the length belongs to none. */
export type SummaryOwner =
  { readonly of: 'feature' | 'static'; readonly index: number } | { readonly of: 'length' };

/** [columns of the summary] who they tell about, in the order of the columns. */
export function summaryOwners(schema: CohortSchema): readonly SummaryOwner[] {
  return [
    ...schema.features.flatMap((feature, index) =>
      [...statisticsOf(feature), 'missing'].map(() => ({ of: 'feature' as const, index })),
    ),
    { of: 'length' },
    ...schema.statics.flatMap((variable, index) =>
      indicatorsOf(variable).map(() => ({ of: 'static' as const, index })),
    ),
  ];
}

function statisticsOf(feature: Variable): readonly string[] {
  if (feature.kind === 'categorical') return feature.levels ?? [];
  return ['mean', 'sd', 'slope', 'first', 'last'];
}

function indicatorsOf(variable: Variable): readonly string[] {
  const levels = variable.kind === 'categorical' ? (variable.levels ?? []) : [];
  return levels.length > 2 ? levels : ['value'];
}

function writeCourse(cohort: Cohort, stay: number, feature: number, out: Float32Array, at: number): number {
  const { values, observed, schema } = cohort;
  const [steps, features] = [schema.steps, schema.features.length];
  const length = cohort.length[stay]!;
  let n = 0;
  let sumT = 0;
  let sum = 0;
  let first = 0;
  let last = 0;
  const start = stay * steps * features + feature;
  for (let t = 0; t < length; t++) {
    if (observed[start + t * features] === 0) continue;
    last = values[start + t * features]!;
    if (n === 0) first = last;
    n++;
    sumT += t;
    sum += last;
  }
  if (n > 0) {
    const mean = sum / n;
    const meanT = sumT / n;
    out[at] = mean;
    out[at + 3] = first;
    out[at + 4] = last;
    if (n > 1) {
      let squares = 0;
      let squaresT = 0;
      let products = 0;
      for (let t = 0; t < length; t++) {
        if (observed[start + t * features] === 0) continue;
        const delta = values[start + t * features]! - mean;
        squares += delta * delta;
        squaresT += (t - meanT) * (t - meanT);
        products += (t - meanT) * delta;
      }
      out[at + 1] = Math.sqrt(squares / (n - 1));
      out[at + 2] = products / squaresT;
    }
  }
  out[at + 5] = length > 0 ? 1 - n / length : Number.NaN;
  return at + 6;
}

function writeLevelShares(
  cohort: Cohort,
  stay: number,
  feature: number,
  levels: number,
  out: Float32Array,
  at: number,
): number {
  const { schema } = cohort;
  const length = cohort.length[stay]!;
  const counts = new Array<number>(levels).fill(0);
  let n = 0;
  for (let t = 0; t < length; t++) {
    const cell = (stay * schema.steps + t) * schema.features.length + feature;
    if (cohort.observed[cell] === 0) continue;
    counts[cohort.values[cell]!]! += 1;
    n++;
  }
  if (n > 0) counts.forEach((count, level) => (out[at + level] = count / n));
  out[at + levels] = length > 0 ? 1 - n / length : Number.NaN;
  return at + levels + 1;
}

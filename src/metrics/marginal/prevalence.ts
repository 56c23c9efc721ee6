import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { additiveGap, definedOrNull } from '../additiveGap.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_r2',
  version: 1,
  family: 'marginal',
  title: 'Prevalence R²',
  explanation:
    'How closely the share of stays with a drug or a code follows the real share, hour by hour: 1 means the same shares.',
  definition:
    'R² around the identity line, 1 − Σ(p_synthetic − p_real)² / Σ(p_real − mean p_real)², over codes and steps of the grid; p is the share of the stays still there at that step for which the code is recorded as 1. Codes: binary features and levels of categorical ones; where the schema has neither, whether each feature was observed. A line fitted to the points (squared Pearson correlation, which some papers call R²) would forgive a constant bias; it is given in the details. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 1.',
  direction: 'higher',
  ideal: 1,
  range: [null, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Every code has the same real prevalence at every step, or a cohort has no hours.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** A 0/1 column of the grid: a feature that equals `level`, or (null) that is observed at all. */
interface Code {
  readonly feature: number;
  readonly level: number | null;
}

/** Binary features and levels of categorical ones; without any, the observation of every feature. */
export function prevalenceCodes({ features }: CohortSchema): Code[] {
  const codes = features.flatMap(({ kind, levels }, feature): Code[] => {
    if (kind === 'binary') return [{ feature, level: 1 }];
    return kind === 'categorical' ? (levels ?? []).map((_, level) => ({ feature, level })) : [];
  });
  return codes.length > 0 ? codes : features.map((_, feature) => ({ feature, level: null }));
}

/** Prevalence of every code at every step, [steps × codes]. Sums: stays with the code, then stays still there, a step. */
const prevalences: AdditiveStatistic = {
  name: 'prevalences',
  sums(cohort: Cohort) {
    const { size, schema, observed, values } = cohort;
    const { steps, features } = schema;
    const codes = prevalenceCodes(schema);
    const width = steps * codes.length + steps;
    const perStay = new Float32Array(size * width);
    const totals = new Float64Array(width);
    for (let i = 0; i < size; i++) {
      const base = i * width;
      for (let t = 0; t < cohort.length[i]!; t++) {
        perStay[base + steps * codes.length + t] = 1;
        for (let c = 0; c < codes.length; c++) {
          const { feature, level } = codes[c]!;
          const cell = (i * steps + t) * features.length + feature;
          if (observed[cell] === 1 && (level === null || values[cell] === level))
            perStay[base + t * codes.length + c] = 1;
        }
      }
      for (let j = 0; j < width; j++) totals[j]! += perStay[base + j]!;
    }
    return { totals, perStay };
  },
  derive(totals, { schema: { steps } }) {
    const codes = totals.length / steps - 1;
    return totals
      .subarray(0, steps * codes)
      .map((count, at) => count / totals[steps * codes + Math.floor(at / codes)]!);
  },
};

/**
 * R² of `found` around the identity line with `expected`, over the positions defined in both (NaN marks the others);
 * NaN when the expected values do not vary.
 */
export function identityR2(found: Float64Array, expected: Float64Array): number {
  let [count, mean] = [0, 0];
  for (let i = 0; i < expected.length; i++)
    if (!Number.isNaN(found[i]! - expected[i]!)) mean += (expected[i]! - mean) / ++count;
  let [residual, total] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = found[i]! - expected[i]!;
    if (Number.isNaN(difference)) continue;
    residual += difference * difference;
    total += (expected[i]! - mean) ** 2;
  }
  return total > 0 ? 1 - residual / total : Number.NaN;
}

/** Squared Pearson correlation over the positions defined in both; NaN when a side does not vary. */
export function squaredCorrelation(a: Float64Array, b: Float64Array): number {
  let [count, meanA, meanB, squaresA, squaresB, products] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]! - b[i]!)) continue;
    count++;
    const [deltaA, deltaB] = [a[i]! - meanA, b[i]! - meanB];
    meanA += deltaA / count;
    meanB += deltaB / count;
    squaresA += deltaA * (a[i]! - meanA);
    squaresB += deltaB * (b[i]! - meanB);
    products += deltaA * (b[i]! - meanB);
  }
  return squaresA > 0 && squaresB > 0 ? (products * products) / (squaresA * squaresB) : Number.NaN;
}

export const prevalenceR2 = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    prevalences,
    (synthetic, real) => definedOrNull(identityR2(synthetic, real)),
    `constant-prevalence: ${descriptor.undefinedWhen}`,
    (synthetic, real) => ({
      points: real.length,
      squaredPearson: definedOrNull(squaredCorrelation(synthetic, real)),
    }),
  ),
);

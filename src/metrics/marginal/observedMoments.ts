import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { CohortCache } from '../cohortCache.js';
import { featuresWhere } from '../comparison.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import type { Random } from '../../engine/random.js';
import { meanOfDefined } from '../meanOfDefined.js';

/** Position of the mean and of the standard deviation of a feature in the vector of moments. */
export type Moment = 0 | 1;

/** Mean and sample standard deviation (n − 1) of observed values in the unit of the feature; NaN where undefined. */
interface Scale {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

const scales = new CohortCache<Scale>();

function scaleOf(cohort: Cohort): Scale {
  return scales.get(cohort, 'moments', () => {
    const { values, observed, schema } = cohort;
    const features = schema.features.length;
    const { index } = featuresWhere(cohort, (kind) => kind === 'continuous');
    const mean = new Float64Array(index.length);
    const sd = new Float64Array(index.length);
    index.forEach((f, k) => {
      let count = 0;
      let running = 0;
      let squares = 0;
      for (let cell = f; cell < values.length; cell += features) {
        if (observed[cell] === 0) continue;
        const delta = values[cell]! - running;
        running += delta / ++count;
        squares += delta * (values[cell]! - running);
      }
      mean[k] = count > 0 ? running : Number.NaN;
      sd[k] = count > 1 ? Math.sqrt(squares / (count - 1)) : Number.NaN;
    });
    return { mean, sd };
  });
}

/**
 * Mean and sample standard deviation of every continuous feature in its unit ([feature · 2 + moment]); undefined with
 * fewer than two observed values. Sums are of the cohort's own standard scores, so that squares lose no digits.
 */
const moments: AdditiveStatistic = {
  name: 'observed-moments',
  sums(cohort) {
    const { size, schema, values, observed } = cohort;
    const features = schema.features.length;
    const { index } = featuresWhere(cohort, (kind) => kind === 'continuous');
    const { mean, sd } = scaleOf(cohort);
    const width = index.length * 3;
    const perStay = new Float32Array(size * width);
    const totals = new Float64Array(width);
    const stay = new Float64Array(width);
    for (let i = 0; i < size; i++) {
      stay.fill(0);
      for (let t = 0; t < cohort.length[i]!; t++) {
        const cell = (i * schema.steps + t) * features;
        for (let k = 0; k < index.length; k++) {
          if (observed[cell + index[k]!] === 0) continue;
          const deviation = values[cell + index[k]!]! - mean[k]!;
          const score = deviation === 0 ? 0 : deviation / sd[k]!;
          stay[k * 3]! += 1;
          stay[k * 3 + 1]! += score;
          stay[k * 3 + 2]! += score * score;
        }
      }
      perStay.set(stay, i * width);
      for (let j = 0; j < width; j++) totals[j]! += stay[j]!;
    }
    return { totals, perStay };
  },
  derive(totals, cohort) {
    const { mean, sd } = scaleOf(cohort);
    const result = new Float64Array((totals.length / 3) * 2).fill(Number.NaN);
    for (let k = 0; k < mean.length; k++) {
      const n = totals[k * 3]!;
      if (n < 2) continue;
      const average = totals[k * 3 + 1]! / n;
      const squares = Math.max(0, totals[k * 3 + 2]! - n * average * average);
      result[k * 2] = mean[k]! + average * sd[k]!;
      result[k * 2 + 1] = Math.sqrt(squares / (n - 1)) * sd[k]!;
    }
    return result;
  },
};

/** Result of a metric that is the mean difference of one moment over continuous features, in sd of train. */
export function momentGap(
  descriptor: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  moment: Moment,
): Promise<Result> {
  const { sd } = scaleOf(inputs.train);
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from(sd, (scale, k) => {
      const difference = Math.abs(synthetic[k * 2 + moment]! - real[k * 2 + moment]!);
      if (Number.isNaN(difference) || Number.isNaN(scale)) return null;
      if (scale > 0) return difference / scale;
      // Without a spread in train nothing says how large a difference is: only none at all has a value.
      return difference === 0 ? 0 : null;
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    moments,
    (synthetic, real) => meanOfDefined(perFeature(synthetic, real)),
    `no-comparable-feature: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => {
      const { names } = featuresWhere(cohort, (kind) => kind === 'continuous');
      return {
        features: names,
        values: perFeature(synthetic, real),
        absentOnOneSide: names.filter(
          (_, k) => Number.isNaN(synthetic[k * 2]!) !== Number.isNaN(real[k * 2]!),
        ),
        ...(moment === 1 && {
          ratios: names.map((_, k) => ratioOf(synthetic[k * 2 + 1]!, real[k * 2 + 1]!)),
        }),
      };
    },
  );
}

function ratioOf(synthetic: number, real: number): number | null {
  const ratio = synthetic / real;
  return Number.isFinite(ratio) ? ratio : null;
}

import type { Cohort } from '../../cohort/types.js';
import { definedOrNull } from '../additiveGap.js';
import { identityR2, pearson } from '../agreement.js';
import { codeSpace } from '../codeSpace.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { pairedGap } from '../pairedGap.js';
import type { Counting } from '../pairedReplicates.js';
import { SparseCountsBuilder } from '../sparseCounts.js';

const descriptor: MetricDescriptor = {
  id: 'pairwise.cooccurrence_r2',
  version: 1,
  family: 'pairwise',
  title: 'Co-occurrence R²',
  explanation:
    'How closely the share of hours with two drugs or codes at once follows the real share: 1 means the same shares.',
  definition:
    'R² around the identity line, 1 − Σ(p_synthetic − p_real)² / Σ(p_real − mean p_real)², over the unordered pairs of different codes that occur together within a step in either cohort; p is the share of all steps of all stays at which both are recorded (within-step bigram probability, in the manner of HALO). Codes: binary features recorded as 1 and levels of categorical ones; where the schema has neither, whether each feature was observed. The squared Pearson correlation, which forgives a constant or proportional bias, is given in the details. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 1.',
  source:
    'Bigram probabilities within a visit in the manner of HALO (Theodorou et al. 2023); R² around the identity line: this project.',
  direction: 'higher',
  ideal: 1,
  range: [null, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No pair of codes occurs in either cohort, or all pairs have one real share.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Steps with both codes of a pair, [smaller code · codes + larger code]; behind them all steps. */
const pairs: Counting = {
  name: 'pairs of codes',
  counts(cohort: Cohort) {
    const { size, schema, observed, values } = cohort;
    const features = schema.features.length;
    const codes = codeSpace(schema);
    const builder = new SparseCountsBuilder(codes.size * codes.size + 1);
    const present = new Float64Array(features);
    for (let i = 0; i < size; i++) {
      builder.add(codes.size * codes.size, cohort.length[i]!);
      for (let t = 0; t < cohort.length[i]!; t++) {
        let count = 0;
        for (let f = 0; f < features; f++) {
          const cell = (i * schema.steps + t) * features + f;
          const code = observed[cell] === 1 ? codes.codeAt(f, values[cell]!) : -1;
          // Codes are numbered by feature, so they come in ascending order.
          if (code >= 0) present[count++] = code;
        }
        for (let a = 0; a < count; a++)
          for (let b = a + 1; b < count; b++) builder.add(present[a]! * codes.size + present[b]!, 1);
      }
      builder.endStay();
    }
    return builder.build();
  },
};

export const cooccurrenceR2 = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  pairedGap(
    descriptor,
    inputs,
    parameters,
    random,
    () => ({
      counting: pairs,
      name: 'co-occurrence',
      compare(synthetic, real) {
        // The last column holds the steps.
        const last = real.length - 1;
        const points = {
          found: synthetic.subarray(0, last).map((count) => count / synthetic[last]!),
          expected: real.subarray(0, last).map((count) => count / real[last]!),
          absent: 0,
        };
        return Float64Array.of(identityR2(points), pearson(points) ** 2, last);
      },
      value: 0,
      detail: ([, squaredPearson, count]) => ({
        pairs: count,
        squaredPearson: definedOrNull(squaredPearson!),
      }),
    }),
    `no-comparable-pair: ${descriptor.undefinedWhen}`,
  ),
);

import { additiveGap } from '../additiveGap.js';
import { codeSpace } from '../codeSpace.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { CODES, codeTransitions, MOST_CODES } from './codeTransitions.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.code_bigram_r2',
  version: 1,
  family: 'temporal',
  title: 'Sequential bigrams, R²',
  explanation:
    'How well the synthetic probabilities of one finding followed by another agree with the real ones: 1 is perfect agreement, 0 no better than one common number.',
  definition: `R² around the identity line, 1 − Σ(p_synthetic − p_real)²/Σ(p_real − mean p_real)², over all ordered pairs of codes (a, b), p = share of consecutive steps (t, t + 1) of stays with a at t and b at t + 1 (HALO's sequential bigrams; ${CODES}). Not the squared Pearson correlation, which overlooks a wrong level. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped at 1. Cohorts with more than ${MOST_CODES} codes are skipped.`,
  source: 'Sequential bigrams of HALO (Theodorou et al. 2023); R² around the identity line: this project.',
  direction: 'higher',
  ideal: 1,
  range: [null, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No stay of a side has two steps, or all pairs are equally frequent in the real cohort (nothing to explain).',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const codeBigramR2 = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const codes = codeSpace(inputs.holdout.schema).size;
  if (codes > MOST_CODES)
    return { state: 'skipped', reason: `too-many-codes: ${codes}, at most ${MOST_CODES}`, n: 0 };
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    codeTransitions,
    (synthetic, real) => bigramR2(synthetic, real, codes),
    `no-pair: ${descriptor.undefinedWhen}`,
    () => ({ codes, pairs: codes * codes }),
  );
});

/** R² of the counts of pairs, which begin after the number of steps and the counts of single codes. */
function bigramR2(synthetic: Float64Array, real: Float64Array, codes: number): number | null {
  const [steps, stepsOfReal] = [synthetic[0]!, real[0]!];
  if (steps === 0 || stepsOfReal === 0) return null;
  const first = 1 + codes;
  let sum = 0;
  let varies = false;
  for (let at = first; at < real.length; at++) {
    sum += real[at]! / stepsOfReal;
    if (real[at] !== real[first]) varies = true;
  }
  if (!varies) return null;
  const mean = sum / (real.length - first);
  let [residual, total] = [0, 0];
  for (let at = first; at < real.length; at++) {
    const p = real[at]! / stepsOfReal;
    residual += (synthetic[at]! / steps - p) ** 2;
    total += (p - mean) ** 2;
  }
  return 1 - residual / total;
}

import type { Cohort } from '../../cohort/types.js';
import { stackPoints } from '../../stats/blockedDistances.js';
import { normalInterval } from '../../stats/interval.js';
import { medianDistance } from '../../stats/medianDistance.js';
import { mmd } from '../../stats/mmd.js';
import { bootstrapSeed } from '../additiveGap.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { lagPairs } from './lagPairs.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.lag_pair_mmd',
  version: 1,
  family: 'temporal',
  title: 'Kernel discrepancy of steps (MMD²)',
  explanation:
    'How far the joint distribution of two consecutive hours is from the real one, all measurements at once: about 0 when they are the same, then below 0 as often as above.',
  definition:
    'Squared maximum mean discrepancy, unbiased U-statistic with the kernel of joint.mmd, on pairs [x_t, x_{t+1}]: one pair of consecutive steps of every stay of at least two steps, t drawn at random (seeded) within its length, so that stays count alike and pairs of one patient never meet. Coordinates: standard scores of R, cut off at ±10, cells that are not observed at 0. Kernel widths: ½, 1, 2, 4, 8 times the median Euclidean distance between the pairs of train and holdout. Interval: ± 1.96 standard errors by the jackknife over patients. Kept in detail: the permutation p-value (b + 1)/(B + 1) over patients, B = resamples, and the numbers of pairs. A copy of train scores below 0 against train.',
  source: 'Unbiased MMD² (Gretton et al. 2012); pairs of consecutive steps: this project.',
  direction: 'lower',
  ideal: 0,
  range: [-2, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'Fewer than two patients with a stay of two steps on a side, or the median distance between pairs of train and holdout is 0.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const lagPairMmd = defineMetric(descriptor, 'equal', async (inputs, parameters, random) => {
  const { synthetic, train, holdout } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const seed = bootstrapSeed(random);
  const [ofSynthetic, ofReal] = [lagPairs(synthetic, train, seed), lagPairs(real, train, seed)];
  const n = ofSynthetic.rows + ofReal.rows;
  if (ofSynthetic.patients < 2 || ofReal.patients < 2)
    return undefinedResult(
      'one-patient: an unbiased MMD needs two patients with a stay of two steps on either side',
      n,
    );
  const median = await medianOf(train, holdout, seed);
  if (!(median > 0))
    return undefinedResult('median-distance: half of the pairs of train and holdout are at distance 0', n);
  const estimate = await mmd(ofSynthetic, ofReal, ofReal.width, median, inputs.resamples, random);
  return okResult(
    estimate.value,
    estimate.standardError === null
      ? null
      : normalInterval(estimate.value, estimate.standardError, descriptor.range),
    n,
    {
      medianDistance: median,
      pValue: estimate.pValue,
      permutations: inputs.resamples,
      pairsOfSynthetic: ofSynthetic.rows,
      pairsOfReal: ofReal.rows,
    },
  );
});

const medians = new CohortCache<Promise<number>>();

function medianOf(train: Cohort, holdout: Cohort, seed: number): Promise<number> {
  return medians.get(train, `${cacheName(holdout)} ${seed}`, () => {
    const pairs = lagPairs(train, train, seed);
    return medianDistance(stackPoints(pairs, { ...lagPairs(holdout, train, seed), width: pairs.width }));
  });
}

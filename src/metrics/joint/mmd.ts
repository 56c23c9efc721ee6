import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import { normalInterval } from '../../stats/interval.js';
import { medianDistance } from '../../stats/medianDistance.js';
import { mmd as estimateMmd, type MmdSample } from '../../stats/mmd.js';
import { stackPoints, type Points } from '../../stats/blockedDistances.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricParameters } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { STANDARD_POINTS, standardSequences, standardSummaries } from './standardPoints.js';

const descriptor: MetricDescriptor = {
  id: 'joint.mmd',
  version: PATIENT_SUMMARY_VERSION,
  family: 'joint',
  title: 'Kernel discrepancy (MMD²)',
  explanation:
    'How far the joint distribution of synthetic patients is from that of real ones, all variables at once: about 0 when they are the same, then below 0 as often as above.',
  definition: `Squared maximum mean discrepancy, unbiased U-statistic (Gretton et al. 2012), pairs of stays of one patient left out. Kernel: mean of exp(−d²/2σ²) over σ = ½, 1, 2, 4, 8 times the median Euclidean distance between stays of train and holdout (of 2,048 evenly spread ones when there are more). Points: the fixed patient summary, ${STANDARD_POINTS}. space=sequences: the grid of steps and features instead, standard scores of the feature, cells that are not observed at 0. Distances of many stays through the engine in float32. Interval: ± 1.96 standard errors by the jackknife over patients (a bootstrap with replacement pairs a patient with itself and is biased); simulated coverage 92 to 97 of 100. Kept in detail: the permutation p-value (b + 1)/(B + 1) over patients, B = resamples. A copy of train scores below 0 against train.`,
  source: 'Unbiased MMD² (Gretton et al. 2012); mixture of kernels, embedding and jackknife: this project.',
  direction: 'lower',
  ideal: 0,
  range: [-2, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'Fewer than two patients on a side, or the median distance between stays of train and holdout is 0.',
  variants: {
    full: [
      ...AGAINST_HOLDOUT_AND_TRAIN,
      ...AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, space: 'sequences' })),
    ],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const mmd = defineMetric(descriptor, 'equal', async (inputs, parameters, random) => {
  const { synthetic, train, holdout } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const points = pointsOf(parameters);
  const n = synthetic.size + real.size;
  const samples = [synthetic, real].map((cohort) => sampleOf(cohort, points(cohort, train)));
  const [ofSynthetic, ofReal] = [samples[0]!, samples[1]!];
  if (ofSynthetic.patients < 2 || ofReal.patients < 2)
    return undefinedResult('one-patient: an unbiased MMD needs two patients on either side', n);
  const median = await medianOf(train, holdout, points);
  if (!(median > 0))
    return undefinedResult(
      'median-distance: half of the pairs of train and holdout stays are at distance 0',
      n,
    );
  const { width } = points(train, train);
  const estimate = await estimateMmd(ofSynthetic, ofReal, width, median, inputs.resamples, random);
  const interval =
    estimate.standardError === null
      ? null
      : normalInterval(estimate.value, estimate.standardError, descriptor.range);
  return okResult(estimate.value, interval, n, {
    medianDistance: median,
    pValue: estimate.pValue,
    permutations: inputs.resamples,
    standardError: estimate.standardError,
  });
});

type PointsOf = (cohort: Cohort, train: Cohort) => Points;

const SPACES: Readonly<Record<string, PointsOf>> = {
  summary: standardSummaries,
  sequences: standardSequences,
};

function pointsOf(parameters: MetricParameters): PointsOf {
  const space = String(parameters['space'] ?? 'summary');
  const found = Object.hasOwn(SPACES, space) ? SPACES[space] : undefined;
  if (found !== undefined) return found;
  throw new InputError({
    expected: Object.keys(SPACES).join(' or '),
    found: space,
    place: 'metric parameter space',
    remedy: 'Leave it out for the patient summary.',
  });
}

function sampleOf(cohort: Cohort, points: Points): MmdSample {
  const numbers = new Map<string, number>();
  const owner = Uint32Array.from(cohort.patients, (patient) => {
    const known = numbers.get(patient);
    if (known !== undefined) return known;
    numbers.set(patient, numbers.size);
    return numbers.size - 1;
  });
  return { rows: points.rows, values: points.values, owner, patients: numbers.size };
}

const medians = new CohortCache<Promise<number>>();

function medianOf(train: Cohort, holdout: Cohort, points: PointsOf): Promise<number> {
  return medians.get(train, `${cacheName(holdout)} ${points.name}`, () =>
    medianDistance(stackPoints(points(train, train), points(holdout, train))),
  );
}

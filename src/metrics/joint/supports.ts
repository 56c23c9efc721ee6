import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import type { Points } from '../../stats/blockedDistances.js';
import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { nearestRows, type NearestRows } from '../../stats/nearestRows.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricInputs, Result } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { KEPT_NEIGHBOURS, drawnDistance, type Draw } from '../privacy/resampledNeighbours.js';
import { drawnPlace } from './drawnPlace.js';
import { STANDARD_POINTS, standardSummaries } from './standardPoints.js';

/** The OneClass embedding of the paper is not implemented. */
const EMBEDDINGS = ['naive'] as const;

/** Levels 0, 1/29, …, 1 of the integrals, as in synthcity. */
const LEVELS = 30;

const SHARED = `${LEVELS} evenly spaced levels from 0 to 1, as synthcity integrates. Variant: naive features (Euclidean distance on the fixed patient summary, ${STANDARD_POINTS}), not the OneClass embedding of the paper, which is not implemented; the two give different numbers. Equal numbers of real and synthetic stays. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts, centres as given.`;

const common = {
  version: PATIENT_SUMMARY_VERSION,
  family: 'joint',
  direction: 'higher',
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: {
    full: AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, embedding: 'naive' })),
  },
  headline: false,
  bounds: 'reference-cohorts',
} as const;

const alphaDescriptor: MetricDescriptor = {
  ...common,
  id: 'joint.alpha_precision',
  title: 'α-precision (naive)',
  explanation:
    'Do synthetic patients lie around the typical real patient as densely as real ones do, neither crowded in the middle nor out at the edge? 1 means at every level.',
  definition: `1 − Σ|α − P_α|/Σα (Alaa et al. 2022). P_α = share of synthetic stays no farther from the mean real stay than the α-quantile of the real stays (linear between order statistics); ${SHARED}`,
  source: 'α-precision (Alaa et al. 2022), in the naive-feature variant of synthcity.',
  ideal: 1,
};

const betaDescriptor: MetricDescriptor = {
  ...common,
  id: 'joint.beta_recall',
  title: 'β-recall (naive)',
  explanation:
    'Do synthetic patients reach every kind of real patient? Compared with what fresh real patients reach (the ceiling), since that is far below 1.',
  definition: `1 − Σ|β − R_β|/Σβ (Alaa et al. 2022). R_β = share of real stays that are no farther from their nearest synthetic stay than from the nearest other real stay, and whose nearest synthetic stay is no farther from the mean synthetic stay than the β-quantile of these; ${SHARED}`,
  source: 'β-recall (Alaa et al. 2022), in the naive-feature variant of synthcity.',
  ideal: null,
};

export const alphaPrecision = defineMetric(alphaDescriptor, 'equal', (inputs, parameters, random) => {
  choiceParameter(parameters, 'embedding', EMBEDDINGS);
  const real = comparisonCohort(inputs, parameters);
  const [ofReal, ofSynthetic] = [real, inputs.synthetic].map((cohort) =>
    standardSummaries(cohort, inputs.train),
  );
  const centre = meanRow(ofReal!);
  const [realRadii, syntheticRadii] = [ofReal!, ofSynthetic!].map((points) => distancesTo(points, centre));
  return bootstrapped(inputs, real, random, (drawnReal, drawnSynthetic) => {
    const sorted = drawnValues(realRadii!, drawnReal).sort();
    const synthetic = drawnValues(syntheticRadii!, drawnSynthetic).sort();
    return agreement((level) => shareUpTo(synthetic, quantile(sorted, level)));
  });
});

const neighbours = new CohortCache<Promise<NearestRows>>();

export const betaRecall = defineMetric(betaDescriptor, 'equal', async (inputs, parameters, random) => {
  const { synthetic, train } = inputs;
  choiceParameter(parameters, 'embedding', EMBEDDINGS);
  const real = comparisonCohort(inputs, parameters);
  const toSynthetic = await nearest(real, synthetic, train);
  const within = await nearest(real, real, train);
  const ofSynthetic = standardSummaries(synthetic, train);
  const radii = distancesTo(ofSynthetic, meanRow(ofSynthetic));
  return bootstrapped(inputs, real, random, (drawnReal, drawnSynthetic) => {
    const covered: number[] = [];
    const all: number[] = [];
    for (let r = 0; r < real.size; r++) {
      const place = drawnPlace(toSynthetic, r, drawnSynthetic);
      if (place === null) continue;
      const radius = radii[toSynthetic.rows[place]!]!;
      const isCovered = toSynthetic.distances[place]! <= drawnDistance(within, r, drawnReal);
      for (let times = drawnReal === null ? 1 : drawnReal[r]!; times > 0; times--) {
        all.push(radius);
        if (isCovered) covered.push(radius);
      }
    }
    if (all.length === 0) return null;
    const [sorted, sortedCovered] = [Float64Array.from(all).sort(), Float64Array.from(covered).sort()];
    return agreement(
      (level) => (shareUpTo(sortedCovered, quantile(sorted, level)) * covered.length) / all.length,
    );
  });
});

function nearest(a: Cohort, b: Cohort, train: Cohort): Promise<NearestRows> {
  return neighbours.get(a, `${cacheName(b)} ${cacheName(train)}`, () =>
    nearestRows(standardSummaries(a, train), standardSummaries(b, train), KEPT_NEIGHBOURS),
  );
}

function bootstrapped(
  { synthetic, resamples }: MetricInputs,
  real: Cohort,
  random: Random,
  statistic: (drawnReal: Draw, drawnSynthetic: Draw) => number | null,
): Result {
  const value = statistic(null, null)!;
  const [ofReal, ofSynthetic] = [real, synthetic].map((cohort) =>
    stayResamples(cohort.patients, resamples, random),
  );
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_, b) => statistic(ofReal![b]!, ofSynthetic![b]!)),
  );
  const interval = standardError === null ? null : normalInterval(value, standardError, [0, 1]);
  return okResult(value, interval, synthetic.size + real.size);
}

/** 1 − Σ|level − share(level)|/Σ level, in [0, 1]. */
function agreement(share: (level: number) => number): number {
  let [off, sum] = [0, 0];
  for (let k = 0; k < LEVELS; k++) {
    const level = k / (LEVELS - 1);
    off += Math.abs(level - share(level));
    sum += level;
  }
  return Math.max(0, 1 - off / sum);
}

/** Linear between order statistics (type 7). */
function quantile(sorted: Float64Array, level: number): number {
  const at = level * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Share of the sorted values that are at most `limit`; 0 of none. */
function shareUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 0 : low / sorted.length;
}

function drawnValues(values: Float64Array, drawn: Draw): Float64Array {
  if (drawn === null) return values.slice();
  const taken = new Float64Array(drawn.reduce((sum, times) => sum + times, 0));
  let at = 0;
  for (let i = 0; i < values.length; i++)
    for (let times = drawn[i]!; times > 0; times--) taken[at++] = values[i]!;
  return taken;
}

function meanRow({ rows, width, values }: Points): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]!;
  return mean.map((sum) => sum / rows);
}

function distancesTo({ rows, width, values }: Points, centre: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += (values[row * width + c]! - centre[c]!) ** 2;
    return Math.sqrt(sum);
  });
}

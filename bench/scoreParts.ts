import type { Cohort } from '../src/cohort/types.js';
import { random } from '../src/engine/random.js';
import { replicates, type AdditiveStatistic } from '../src/metrics/additiveStatistic.js';
import { standardSummaries } from '../src/metrics/joint/standardPoints.js';
import { compareCategories } from '../src/metrics/marginal/categoryGaps.js';
import { featureInBins } from '../src/metrics/marginal/featureCategories.js';
import { fitQuantileBins } from '../src/metrics/marginal/quantileBins.js';
import { sortedFeature } from '../src/metrics/marginal/sortedFeatures.js';
import { correlations } from '../src/metrics/pairwise/correlations.js';
import { autocorrelations } from '../src/metrics/temporal/autocorrelations.js';
import { auroc } from '../src/stats/auroc.js';
import type { Points } from '../src/stats/blockedDistances.js';
import { trainForest } from '../src/stats/histogramForest.js';
import { fitLogistic, linearPredictor } from '../src/stats/logisticRegression.js';
import { nearestRows } from '../src/stats/nearestRows.js';
import { mergeSamples, twoSampleDistances } from '../src/stats/twoSample.js';
import type { PeerRun } from './scorePeer.js';

/** Our implementation of one part of the peer's work. */
export interface ScorePart {
  /** Names of the peer's parts that this does in one go. */
  readonly names: readonly string[];
  /** Largest difference to the peer's value that counts as the same; null where the definitions differ (`why`). */
  readonly tolerance: number | null;
  readonly why?: string;
  /** The value of each part. */
  readonly run: () => Promise<readonly number[]> | readonly number[];
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** A cohort that no cache knows, so that nothing is had for free. */
const fresh = (cohort: Cohort): Cohort => ({ ...cohort });

/** KS and W1 of one pass over values sorted once, as the metrics share them. */
function twoSample({ train, synthetic }: PeerRun): readonly number[] {
  const [r, s] = [fresh(train), fresh(synthetic)];
  const [ofR, ofS] = [new Uint8Array(r.size).fill(1), new Uint8Array(s.size).fill(1)];
  const distances = r.schema.features.map((_, f) =>
    twoSampleDistances(mergeSamples(sortedFeature(r, f), sortedFeature(s, f)), ofR, ofS)!,
  );
  return [mean(distances.map(({ ks }) => ks)), mean(distances.map(({ wasserstein }) => wasserstein))];
}

/** Jensen–Shannon distance in 20 bins, without resamples. */
function binnedDistance({ train, synthetic }: PeerRun): number {
  const [r, s] = [fresh(train), fresh(synthetic)];
  return mean(
    r.schema.features.map((_, f) => {
      const bins = fitQuantileBins(sortedFeature(r, f).values, 20);
      return compareCategories(s, r, featureInBins(f, bins, 'bench'), 0, [0, 0]).point.js;
    }),
  );
}

async function gapOf(statistic: AdditiveStatistic, { train, synthetic }: PeerRun): Promise<number> {
  const { point: r } = await replicates(fresh(train), statistic, 0, 0);
  const { point: s } = await replicates(fresh(synthetic), statistic, 0, 0);
  return mean(r.map((value, i) => Math.abs(value - s[i]!)));
}

const asDesign = (points: Points): Float64Array => Float64Array.from(points.values);

function aurocOf(scores: Float64Array, outcome: Uint8Array): number {
  return auroc(
    scores.filter((_, i) => outcome[i] === 1),
    scores.filter((_, i) => outcome[i] === 0),
  );
}

async function medianNearest(from: Points, to: Points): Promise<number> {
  const sorted = (await nearestRows(from, to, 1)).distances.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Every part of `peers/sklearn_score.py` for which there is an implementation here, on the peer's own data. */
export function scoreParts(peer: PeerRun): readonly ScorePart[] {
  const { r, h, s } = peer.summaries;
  return [
    { names: ['ks', 'wasserstein'], tolerance: 1e-6, run: () => twoSample(peer) },
    {
      names: ['js_20_bins'],
      tolerance: null,
      why: 'quantiles that occur instead of interpolated ones, and bins beyond the training values',
      run: () => [binnedDistance(peer)],
    },
    { names: ['correlation'], tolerance: 1e-6, run: async () => [await gapOf(correlations(30), peer)] },
    {
      names: ['autocorrelation'],
      tolerance: null,
      why: 'the peer divides by the variance of all cells, ours by those of the pairs',
      run: async () => [await gapOf(autocorrelations(5, 30), peer)],
    },
    {
      names: ['summary_features'],
      tolerance: null,
      why: 'slope and missing rate instead of minimum and maximum',
      run: () => {
        const [train, synthetic] = [fresh(peer.train), fresh(peer.synthetic)];
        const third = fresh(peer.train);
        for (const cohort of [train, synthetic, third]) standardSummaries(cohort, train);
        return [mean(standardSummaries(train, train).values)];
      },
    },
    {
      names: ['nearest_neighbours'],
      tolerance: 1e-5,
      run: async () => [
        mean([
          await medianNearest(s, r),
          await medianNearest(s, h),
          await medianNearest(r, s),
          await medianNearest(h, s),
        ]),
      ],
    },
    {
      names: ['logistic_regression_tstr'],
      tolerance: 1e-3,
      run: async () => {
        const model = await fitLogistic(asDesign(s), s.width, peer.outcomes.s, 1);
        return [aurocOf(linearPredictor(model, asDesign(h)), peer.outcomes.h)];
      },
    },
    {
      names: ['random_forest_tstr'],
      tolerance: 0.03,
      run: () => {
        const columns = Array.from({ length: s.width }, (_, c) => String(c));
        const rows = Array.from({ length: s.rows }, (_, row) => row);
        const options = { trees: 100, minLeaf: 1, maxDepth: 12 };
        const forest = trainForest({ ...s, columns }, peer.outcomes.s, rows, options, random('bench-forest'));
        return [aurocOf(forest.score({ ...h, columns }, rows), peer.outcomes.h)];
      },
    },
  ];
}

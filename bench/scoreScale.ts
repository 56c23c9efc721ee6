import { loadavg } from 'node:os';
import { it } from 'vitest';
import { computeBounds } from '../src/metrics/bounds.js';
import { matmulPeak } from '../src/engine/matmulPeak.js';
import { standardSummaries } from '../src/metrics/joint/standardPoints.js';
import type { Attempt } from '../src/metrics/attempt.js';
import { metricsOf } from '../src/metrics/selection.js';
import { patientSummary } from '../src/metrics/patientSummary.js';
import { scoreCohort } from '../src/metrics/scoreCohort.js';
import { visitSquaredDistances } from '../src/stats/blockedDistances.js';
import { kernelSums } from '../src/stats/kernelSums.js';
import { printGrowth } from './printGrowth.js';
import { record } from './results.js';
import { simulateScoring } from './simulatedStays.js';
import { stopwatch } from './stopwatch.js';

/** Numbers of stays; `BENCH_STAYS` names the largest, of which the others are halves, `BENCH_SIZES` all of them. */
const LARGEST = Number(process.env['BENCH_STAYS'] ?? 4000);
const SIZES = (
  process.env['BENCH_SIZES']?.split(',').map(Number) ?? [LARGEST / 8, LARGEST / 4, LARGEST / 2, LARGEST]
).map(Math.round);
const GRID = { steps: 24, features: 40 };
const MEMORY_LIMIT = 2048;
/** The largest size takes minutes, on a busy machine many. */
const TIME_LIMIT = 7_200_000;

/** Metrics that look at pairs of stays; quadratic by nature. */
const isPairwiseInStays = (id: string): boolean =>
  id === 'joint.mmd' || (id.startsWith('privacy.') && id !== 'privacy.duplicate_excess');

/** Processor seconds of preset fast, scores and bounds, one synthetic cohort. */
interface Scale {
  readonly size: number;
  readonly other: number;
  readonly pairs: number;
  /** Multiplications and additions a second, two for each pair of stays and column, as a matrix product would need. */
  readonly pairRate: number;
  /** Peak of the process, cohorts included. */
  readonly megabytes: number;
}

async function measure(size: number): Promise<Scale> {
  const { split, synthetic } = simulateScoring(size, GRID);
  let [other, pairs] = [0, 0];
  const attempt: Attempt = {
    async run(name, compute) {
      const [begin, used] = [performance.now(), process.cpuUsage()];
      const result = await compute();
      const { user, system } = process.cpuUsage(used);
      const processor = (user + system) / 1e6;
      if (isPairwiseInStays(metricOf(name))) pairs += processor;
      else other += processor;
      return { result, seconds: (performance.now() - begin) / 1000 };
    },
  };
  const options = {
    selections: metricsOf('fast'),
    resamples: 100,
    label: 'death',
    seed: 1,
    sites: ['pooled'],
    attempt,
  };
  await scoreCohort(split, synthetic, null, options);
  await computeBounds(split, options);
  // Train and holdout against the synthetic cohort, the floor and the ceiling.
  const compared = 3 * 2 * size * size * patientSummary(split.train).columns.length;
  return {
    size,
    other,
    pairs,
    pairRate: (2 * compared) / (pairs * 1e9),
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

/** The metric in the name of a computation. */
function metricOf(computation: string): string {
  const parts: unknown = JSON.parse(computation);
  if (!Array.isArray(parts) || typeof parts[2] !== 'string') throw new Error(`no metric in ${computation}`);
  return parts[2];
}

it(
  'time and memory of preset fast by number of stays',
  async () => {
    const peak = await matmulPeak(() => performance.now());
    process.stdout.write(
      `\n24 hours × 40 features, pooled, 100 resamples, with bounds; processor seconds; matmul peak of one thread ${peak.toFixed(0)} GFLOP/s\n` +
        `|   stays |   other | pairs of stays | GFLOP/s of pairs | of peak | peak memory | load |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n`,
    );
    const scales: Scale[] = [];
    for (const size of SIZES) {
      const scale = await measure(size);
      scales.push(scale);
      const { other, pairs, pairRate, megabytes } = scale;
      process.stdout.write(
        `| ${size} | ${other.toFixed(1)} s | ${pairs.toFixed(1)} s | ${pairRate.toFixed(2)} | ${((100 * pairRate) / peak).toFixed(1)} % | ${megabytes.toFixed(0)} MB${megabytes <= MEMORY_LIMIT ? '' : ` (limit ${MEMORY_LIMIT} MB NOT MET)`} | ${loadavg()[0]!.toFixed(1)} |\n`,
      );
    }
    if (scales.length < 2) return;
    const points = (of: (scale: Scale) => number): { x: number; y: number }[] =>
      scales.map((scale) => ({ x: scale.size, y: of(scale) }));
    const curve = { suite: 'scale', over: 'stays N', bars: [] };
    printGrowth({
      ...curve,
      name: 'scoring, preset fast with bounds, all but pairs of stays',
      unit: 's',
      points: points(({ other }) => other),
      bars: [{ kind: 'at most', limit: 1.1 }],
    });
    printGrowth({ ...curve, name: 'pairs of stays', unit: 's', points: points(({ pairs }) => pairs) });
    printGrowth({
      ...curve,
      name: 'scoring, preset fast with bounds, whole',
      unit: 's',
      points: points(({ other, pairs }) => other + pairs),
      bars: [{ kind: 'at most', limit: 1.1 }],
    });
    printGrowth({
      ...curve,
      name: 'peak memory of the process',
      unit: 'MB',
      points: points(({ megabytes }) => megabytes),
      bars: [{ kind: 'at most', limit: 1 }],
    });
  },
  TIME_LIMIT,
);

it('distances in blocks against the matmul peak', async () => {
  const peak = await matmulPeak(() => performance.now());
  const size = Math.min(LARGEST, 5000);
  const { split } = simulateScoring(size, GRID);
  const points = standardSummaries(split.train, split.train);
  const owner = Uint32Array.from({ length: size }, (_, i) => i);
  const flops = (size * size * points.width * 2) / 2;
  const report = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const { processor } = await stopwatch(work);
    const rate = flops / (processor * 1e9);
    record({
      kind: 'time',
      suite: 'score',
      name: `all pairs of ${size} stays: ${name}`,
      milliseconds: 1000 * processor,
      of: 'processor',
      share: { of: 'matmul', value: rate / peak, work: 'products of the distances' },
    });
    process.stdout.write(
      `${name.padEnd(40)}${processor.toFixed(2).padStart(7)} s${rate.toFixed(0).padStart(6)} GFLOP/s${((100 * rate) / peak).toFixed(0).padStart(4)} % of peak\n`,
    );
  };
  process.stdout.write(`\nall pairs of ${size} stays in ${points.width} columns, processor seconds\n`);
  await report('squared distances', () => visitSquaredDistances(points, points, () => undefined));
  await report('with the five Gaussian kernels', () => kernelSums({ points, first: size / 2, owner }, 20));
});

import { loadavg } from 'node:os';
import { it } from 'vitest';
import { computeBounds } from '../src/metrics/bounds.js';
import { matmulPeak } from '../src/engine/matmulPeak.js';
import { standardSummaries } from '../src/metrics/joint/standardPoints.js';
import { metricsOf } from '../src/metrics/index.js';
import { scoreCohort } from '../src/metrics/scoreCohort.js';
import { visitSquaredDistances } from '../src/stats/blockedDistances.js';
import { kernelSums } from '../src/stats/kernelSums.js';
import { simulateScoring } from './simulatedStays.js';
import { stopwatch } from './stopwatch.js';

/** Largest size; smaller ones are halves of it. 20,000 unless the environment says otherwise. */
const LARGEST = Number(process.env['BENCH_STAYS'] ?? 20_000);
const SIZES = [LARGEST / 8, LARGEST / 4, LARGEST / 2, LARGEST].map(Math.round);
const GRID = { steps: 24, features: 40 };
const MEMORY_LIMIT = 2048;

/** Metrics that look at pairs of stays; quadratic by nature. */
const isPairwiseInStays = (id: string): boolean =>
  id === 'joint.mmd' || (id.startsWith('privacy.') && id !== 'privacy.duplicate_excess');

/** Slope of the least-squares line through the logarithms. */
function logLogSlope(sizes: readonly number[], times: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), times.map(Math.log)];
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  return (
    x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0) / x.reduce((sum, v) => sum + (v - mx) ** 2, 0)
  );
}

it('time and memory of preset fast by number of stays', async () => {
  const peak = await matmulPeak(() => performance.now());
  const selections = metricsOf('fast');
  const lines: string[] = [];
  const [linear, pairs]: [number[], number[]] = [[], []];
  for (const size of SIZES) {
    const { split, synthetic } = simulateScoring(size, GRID);
    const options = { selections, resamples: 100, label: 'death', seed: 1, sites: ['pooled'] };
    let [ofLinear, ofPairs] = [0, 0];
    // Selections one by one, so that each is timed in processor seconds.
    for (const selection of selections) {
      const one = { ...options, selections: [selection] };
      const { processor } = await stopwatch(async () => {
        await scoreCohort(split, synthetic, null, one);
        await computeBounds(split, one);
      });
      if (isPairwiseInStays(selection.metric.descriptor.id)) ofPairs += processor;
      else ofLinear += processor;
    }
    linear.push(ofLinear);
    pairs.push(ofPairs);
    const megabytes = process.resourceUsage().maxRSS / 1024;
    lines.push(
      `${String(size).padStart(7)}${ofLinear.toFixed(1).padStart(12)} s${ofPairs.toFixed(1).padStart(12)} s${megabytes.toFixed(0).padStart(9)} MB${megabytes <= MEMORY_LIMIT ? '' : ` (limit ${MEMORY_LIMIT} MB NOT MET)`}`,
    );
  }
  // n log n over a factor of eight has the slope 1 + log(log 8n / log n) / log 8.
  const bar = 1 + Math.log(Math.log(LARGEST) / Math.log(SIZES[0]!)) / Math.log(8);
  const slope = logLogSlope(SIZES, linear);
  process.stdout.write(
    `\n24 hours × 40 features, pooled, 100 resamples, with bounds; processor seconds\n${'stays'.padStart(7)}${'other'.padStart(14)}${'pairs of stays'.padStart(14)}${'peak'.padStart(12)}\n${lines.join('\n')}\n` +
      `slope: other ${slope.toFixed(2)} (n log n ${bar.toFixed(2)}${slope <= bar ? '' : ', NOT MET'}), pairs of stays ${logLogSlope(SIZES, pairs).toFixed(2)}\n` +
      `matmul peak of one thread ${peak.toFixed(0)} GFLOP/s; load of the machine ${loadavg()[0]!.toFixed(1)}\n\n`,
  );
});

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
    process.stdout.write(
      `${name.padEnd(40)}${processor.toFixed(2).padStart(7)} s${rate.toFixed(0).padStart(6)} GFLOP/s${((100 * rate) / peak).toFixed(0).padStart(4)} % of peak\n`,
    );
  };
  process.stdout.write(`\nall pairs of ${size} stays in ${points.width} columns, processor seconds\n`);
  await report('squared distances', () => visitSquaredDistances(points, points, () => undefined));
  await report('with the five Gaussian kernels', () => kernelSums({ points, first: size / 2, owner }, 20));
});

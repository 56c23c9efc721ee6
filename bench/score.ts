import { loadavg } from 'node:os';
import { it } from 'vitest';
import { computeBounds } from '../src/metrics/bounds.js';
import { metricsOf, presets } from '../src/metrics/selection.js';
import { scoreCohort } from '../src/metrics/scoreCohort.js';
import { median } from './median.js';
import { memoryPeak } from './memoryPeak.js';
import { record } from './results.js';
import { pythonWithSklearn, runPeer } from './scorePeer.js';
import { scoreParts } from './scoreParts.js';
import { simulateScoring } from './simulatedStays.js';
import { stopwatch } from './stopwatch.js';

const PEER_STAYS = Number(process.env['BENCH_PEER_STAYS'] ?? 2000);
const REPEATS = 3;
/** Share of the peer's time that ours may take. */
const BAR = { kind: 'at most', limit: 0.5 } as const;

const print = (lines: readonly string[]): void => {
  process.stdout.write(`\n${lines.join('\n')}\nload of the machine ${loadavg()[0]!.toFixed(1)}\n\n`);
};

it.each([
  ['fast', 1000, 5],
  ['full', 500, 60],
] as const)('preset %s on %d stays × 48 steps × 20 features', async (preset, stays, limit) => {
  const { split, synthetic } = simulateScoring(stays, { steps: 48, features: 20 });
  const selections = metricsOf(preset);
  const options = {
    selections,
    resamples: presets[preset].resamples,
    label: 'death',
    seed: 1,
    sites: ['pooled'],
  };
  const byMetric = new Map<string, number>();
  const scores = await stopwatch(() =>
    scoreCohort(split, synthetic, null, options, ({ metric, seconds: took }) => {
      byMetric.set(metric, (byMetric.get(metric) ?? 0) + took);
    }),
  );
  const bounds = await stopwatch(() => computeBounds(split, options));
  const [wall, processor] = [scores.wall + bounds.wall, scores.processor + bounds.processor];
  const cells = [split.train, split.holdout, split.reference, synthetic].reduce(
    (sum, { values, observed }) => sum + values.byteLength + observed.byteLength,
    0,
  );
  record({
    kind: 'time',
    suite: 'score',
    name: `preset ${preset} with bounds, ${stays} stays × 48 steps × 20 features`,
    milliseconds: 1000 * wall,
    of: 'clock',
    share: { of: 'memory', value: cells / wall / memoryPeak(), work: 'every cell read once' },
    bar: { kind: 'at most', limit: 1000 * limit },
  });
  print([
    `preset ${preset}, ${stays} stays, pooled, ${options.resamples} resamples, one thread: ${wall.toFixed(1)} s by the clock, ${processor.toFixed(1)} s of processor (scores ${scores.processor.toFixed(1)}, bounds ${bounds.processor.toFixed(1)}); limit ${limit} s by the clock of an idle machine${wall <= limit ? '' : ', NOT MET'}`,
    ...[...byMetric]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 12)
      .map(([metric, took]) => `  ${metric.padEnd(34)}${took.toFixed(2).padStart(7)} s`),
  ]);
});

it('the work of peers/sklearn_score.py, part by part', async () => {
  const python = pythonWithSklearn();
  if (python === undefined) {
    print(['no Python with scikit-learn found: peer not measured']);
    return;
  }
  const peer = runPeer(python, PEER_STAYS, REPEATS);
  let [own, theirs] = [0, 0];
  const lines: string[] = [];
  const parts = scoreParts(peer);
  for (const part of parts) {
    const of = part.names.map((name) => {
      const found = peer.parts.get(name);
      if (found === undefined) throw new Error(`the peer has no part ${name}`);
      return found;
    });
    let values: readonly number[] = [];
    const times: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++)
      times.push((await stopwatch(async () => (values = await part.run()))).processor);
    const took = median(times);
    const peerTook = of.reduce((sum, { processor }) => sum + processor, 0);
    own += took;
    theirs += peerTook;
    const difference = Math.max(...of.map(({ value }, i) => Math.abs(values[i]! - value)));
    record({
      kind: 'time',
      suite: 'score',
      name: part.names.join(', '),
      milliseconds: 1000 * took,
      of: 'processor',
      ratio: { to: 'scipy, scikit-learn', value: took / peerTook },
    });
    const same =
      part.tolerance === null
        ? `other definition: ${part.why ?? ''}`
        : difference <= part.tolerance
          ? `same within ${part.tolerance}`
          : `DIFFERENT by ${difference.toPrecision(2)}`;
    const pairs = of.map(({ value }, i) => `${values[i]!.toFixed(6)} / ${value.toFixed(6)}`);
    lines.push(
      `${part.names.join(', ').padEnd(28)}${took.toFixed(3).padStart(8)} s${peerTook.toFixed(3).padStart(9)} s${(took / peerTook).toFixed(2).padStart(7)}   ${pairs.join(', ')}   ${same}`,
    );
  }
  record({
    kind: 'time',
    suite: 'score',
    name: 'all parts',
    milliseconds: 1000 * own,
    of: 'processor',
    ratio: { to: 'scipy, scikit-learn', value: own / theirs, bar: BAR },
  });
  const left = [...peer.parts.keys()].filter((name) => parts.every((part) => !part.names.includes(name)));
  print([
    `${PEER_STAYS} stays × 24 hours × 40 features, one thread, processor seconds, medians of ${REPEATS}`,
    `${'part'.padEnd(28)}${'ours'.padStart(10)}${'peer'.padStart(11)}${'ratio'.padStart(7)}   value ours / peer`,
    ...lines,
    `${'total'.padEnd(28)}${own.toFixed(3).padStart(8)} s${theirs.toFixed(3).padStart(9)} s${(own / theirs).toFixed(2).padStart(7)}   bar ${BAR.limit}${own / theirs <= BAR.limit ? '' : ', NOT MET'}`,
    ...(left.length > 0 ? [`without an implementation here, in neither total: ${left.join(', ')}`] : []),
  ]);
});

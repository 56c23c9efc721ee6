import { Bench } from 'tinybench';
import { it } from 'vitest';
import type { Arrays } from '../src/engine/contract.js';
import { matmulPeak } from '../src/engine/matmulPeak.js';
import { initialParameters } from '../src/engine/parameters.js';
import { random } from '../src/engine/random.js';
import { compileTraining } from '../src/engine/training.js';
import { batchesInSeries } from '../src/federation/local/batchSeries.js';
import { benchCases, type BenchCase } from './cases.js';
import { median } from './median.js';
import { memoryPeak } from './memoryPeak.js';
import { peerMilliseconds, pythonWithTorch } from './peer.js';
import { record } from './results.js';

/** Ours and the peer take turns this often, so that a busy moment of the machine hits both. */
const ROUNDS = 5;
const STEPS = 150;
const PEER_STEPS = 100;

/** Median milliseconds a call over one tinybench run. */
async function ownMilliseconds(name: string, steps: number, step: () => Promise<unknown>): Promise<number> {
  const bench = new Bench({
    name,
    iterations: steps,
    time: 0,
    warmupIterations: Math.min(20, steps),
    warmupTime: 0,
  });
  bench.add(name, async () => {
    await step();
  });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`${name} did not complete`);
  return task.result.latency.p50;
}

interface Row {
  readonly name: string;
  readonly own: number;
  readonly flops: number;
  readonly peers: readonly {
    readonly name: string;
    readonly ms: number;
    readonly ratio: number;
    readonly bar: number;
  }[];
}

/** The batches as training hands them over: in series of a case's length, or one by one. */
function seriesOf({ batches, inSeries }: BenchCase): { length: number; of: Arrays[] } {
  const [first] = batches;
  const numbers = Object.values(first!).reduce((sum, array) => sum + array.length, 0);
  const length = inSeries ? batchesInSeries(numbers) : 1;
  const series = Array.from({ length: batches.length / Math.min(length, batches.length) }, (_, at) =>
    Object.fromEntries(
      Object.keys(first!).map((name) => [
        name,
        Float32Array.from(
          Array.from({ length }, (_, i) => [...batches[(at * length + i) % batches.length]![name]!]).flat(),
        ),
      ]),
    ),
  );
  return { length, of: series };
}

async function measure(item: BenchCase, python: string | undefined): Promise<Row> {
  const training = await compileTraining(item.definition, { engine: 'onnx', threads: 1 });
  const { size } = item.definition.layout;
  training.load({
    parameters: initialParameters(item.definition.layout, random('bench', item.name)),
    firstMoment: new Float32Array(size),
    secondMoment: new Float32Array(size),
    updates: 0,
  });
  const { length, of: series } = seriesOf(item);
  let count = 0;
  const step = (): Promise<unknown> => training.runSeries(series[count++ % series.length]!, 1e-3, length);
  const own: number[] = [];
  const peers = item.peers.map(({ name, bar }) => ({ name, bar, ms: [] as number[], ratio: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    const calls = Math.ceil((item.steps ?? STEPS) / length);
    const mine = (await ownMilliseconds(item.name, calls, step)) / length;
    own.push(mine);
    if (python === undefined) continue;
    for (const peer of peers) {
      const theirs = peerMilliseconds(python, peer.name, item.steps ?? PEER_STEPS);
      peer.ms.push(theirs);
      peer.ratio.push(mine / theirs);
    }
  }
  await training.dispose();
  return {
    name: item.name,
    own: median(own),
    flops: item.flops,
    peers:
      python === undefined
        ? []
        : peers.map(({ name, bar, ms, ratio }) => ({ name, bar, ms: median(ms), ratio: median(ratio) })),
  };
}

it('training steps', async () => {
  const python = pythonWithTorch();
  const peak = await matmulPeak(() => performance.now());
  record({ kind: 'peaks', matmul: peak, memory: memoryPeak() });
  const lines = [
    `one thread; matmul peak of onnxruntime here ${peak.toFixed(0)} GFLOP/s; medians over ${ROUNDS} rounds of ${STEPS} steps (fewer where a step is long), in as many steps a call as training makes`,
    python === undefined
      ? 'no Python with PyTorch found: peer not measured'
      : 'peer: bench/peers/torch_train.py, measured in turn with each round; ratio is ours over the peer',
    `${'case'.padEnd(18)}${'ms/step'.padStart(9)}${'GFLOP/s'.padStart(9)}${'of peak'.padStart(9)}   peer`,
  ];
  for (const item of benchCases()) {
    const { name, own, flops, peers } = await measure(item, python);
    const rate = flops / (own * 1e6);
    const timed = {
      kind: 'time',
      suite: 'train',
      milliseconds: own,
      of: 'clock',
      share: { of: 'matmul', value: rate / peak, work: 'products of one step' },
    } as const;
    if (peers.length === 0) record({ ...timed, name: `${name}, one step` });
    for (const { name: peer, ratio, bar } of peers)
      record({
        ...timed,
        name: `${name}, one step`,
        ratio: { to: `PyTorch ${peer}`, value: ratio, bar: { kind: 'at most', limit: bar } },
      });
    const compared = peers.map(
      (peer) =>
        `${peer.name} ${peer.ms.toFixed(2)} ms, ratio ${peer.ratio.toFixed(2)} (bar ${peer.bar}${peer.ratio <= peer.bar ? '' : ', NOT MET'})`,
    );
    lines.push(
      `${name.padEnd(18)}${own.toFixed(3).padStart(9)}${rate.toFixed(1).padStart(9)}${`${((100 * rate) / peak).toFixed(0)} %`.padStart(9)}   ${compared.join('; ')}`,
    );
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
});

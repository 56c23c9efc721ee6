import { it } from 'vitest';
import { InputError } from '../src/cohort/inputError.js';
import type { EngineName, TrainingStep } from '../src/engine/contract.js';
import { initialParameters } from '../src/engine/parameters.js';
import { random } from '../src/engine/random.js';
import { compileTraining } from '../src/engine/training.js';
import { benchCases, type BenchCase } from './cases.js';
import { median } from './median.js';
import { record } from './results.js';

const ENGINES: readonly EngineName[] = ['onnx', 'tensorflow', 'wasm', 'cpu'];

const STEPS = 30;
/** No step begins after that; an engine that needs longer for its first one gets no other. */
const MOST_MILLISECONDS = 1500;

interface Took {
  readonly milliseconds: number | null;
  /** Why there is no time. */
  readonly reason?: string;
}

async function open(item: BenchCase, engine: EngineName): Promise<TrainingStep> {
  const training = await compileTraining(item.definition, { engine, threads: 1 });
  const { size } = item.definition.layout;
  training.load({
    parameters: initialParameters(item.definition.layout, random('bench', item.name)),
    firstMoment: new Float32Array(size),
    secondMoment: new Float32Array(size),
    updates: 0,
  });
  return training;
}

/** Median milliseconds of an update after the first, or the first's own where it is long; one update a call on every engine. */
async function measure(item: BenchCase, engine: EngineName): Promise<Took> {
  let training: TrainingStep;
  try {
    training = await open(item, engine);
  } catch (error) {
    if (error instanceof InputError) return { milliseconds: null, reason: 'not installed' };
    throw error;
  }
  const times: number[] = [];
  const step = async (count: number): Promise<number> => {
    const begin = performance.now();
    await training.run(item.batches[count % item.batches.length]!, 1e-3);
    return performance.now() - begin;
  };
  let first: number;
  try {
    first = await step(0);
  } catch (error) {
    const missing = /Kernel '(\w+)' not registered/.exec(error instanceof Error ? error.message : '')?.[1];
    if (missing === undefined) throw error;
    return { milliseconds: null, reason: `no kernel ${missing}` };
  }
  const begin = performance.now() - first;
  while (times.length < STEPS && performance.now() - begin < MOST_MILLISECONDS)
    times.push(await step(times.length + 1));
  await training.dispose();
  return { milliseconds: times.length === 0 ? first : median(times) };
}

it('engines side by side', async () => {
  const lines = [
    `milliseconds of one update, one call each; every engine on one thread but tensorflow, which takes what it finds`,
    `${''.padEnd(18)}${ENGINES.map((engine) => engine.padStart(22)).join('')}`,
  ];
  for (const item of benchCases()) {
    const cells: string[] = [];
    for (const engine of ENGINES) {
      const took = await measure(item, engine);
      record({ kind: 'engine', model: item.name, engine, ...took });
      cells.push((took.milliseconds?.toPrecision(3) ?? took.reason ?? '').padStart(22));
    }
    lines.push(`${item.name.padEnd(18)}${cells.join('')}`);
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
});

import { compileStep } from '../../engine/compile.js';
import type { ParameterLayout } from '../../engine/contract.js';
import { initialParameters, namedTensors } from '../../engine/parameters.js';
import { random as randomStream } from '../../engine/random.js';
import { compileTraining } from '../../engine/training.js';
import {
  gruItemLogits,
  gruItemsInputs,
  gruItemsLayout,
  gruItemsTraining,
  type GruItemsShape,
} from '../../models/gruItems.js';
import { MOST_STEPS } from './itemSteps.js';

type Course = readonly Uint16Array[];

const BATCH = 32;
export const LEARNING_RATE = 0.01;
export const [HIDDEN, EPOCHS, AVERAGED, THRESHOLD] = [32, 25, 8, 0.1] as const;

/** Right, wrongly named and missed items of a stay. */
export interface ItemCounts {
  right: number;
  wrong: number;
  missed: number;
}

/** F1 of all counts together; null when nothing was there and nothing was named. */
export function microF1(
  counts: readonly ItemCounts[],
  weights: ArrayLike<number> | null = null,
): number | null {
  let [right, off] = [0, 0];
  counts.forEach((own, stay) => {
    const weight = weights === null ? 1 : weights[stay]!;
    right += weight * own.right;
    off += weight * (own.wrong + own.missed);
  });
  return right + off === 0 ? null : (2 * right) / (2 * right + off);
}

/**
 * Trains a GRU on courses of items and counts its hits on the test courses; the same seed gives the same bytes. The forecaster is the mean
 * of the parameters after each of the last epochs: the best epoch of so few validation stays is mostly a matter of chance.
 */
export async function nextItemCounts(
  training: readonly Course[],
  test: readonly Course[],
  items: number,
  seed: number,
): Promise<readonly ItemCounts[]> {
  const usable = training.filter((course) => course.length >= 2);
  const stream = randomStream('next-item', seed);
  const learnt = [...stream.permutation(usable.length)].map((place) => usable[place]!);
  const shape: GruItemsShape = { items, hidden: HIDDEN, steps: MOST_STEPS - 1, batch: BATCH };
  const definition = gruItemsTraining(shape);
  const initial = initialParameters(definition.layout, stream);
  initial.set(itemLogOdds(learnt, items), placeOf(definition.layout, 'next_b'));
  const step = await compileTraining(definition, { engine: 'onnx' });
  const layout = gruItemsLayout(shape);
  const teller = await compileStep(
    ({ parameters: flat, ...inputs }) => ({
      logits: gruItemLogits(namedTensors(layout, flat!), inputs, shape),
    }),
    { parameters: [layout.size], ...gruItemsInputs(shape) },
    { engine: 'onnx' },
  );
  try {
    step.load({
      parameters: initial,
      firstMoment: new Float32Array(layout.size),
      secondMoment: new Float32Array(layout.size),
      updates: 0,
    });
    const tell = async (parameters: Float32Array, courses: readonly Course[]): Promise<ItemCounts[]> => {
      const counts: ItemCounts[] = [];
      for (let from = 0; from < courses.length; from += BATCH) {
        const taken = courses.slice(from, from + BATCH);
        const { x } = batchOf(taken, shape);
        const logits = (await teller.run({ parameters, x }))['logits'];
        if (logits === undefined) throw new Error('the forecaster said nothing');
        taken.forEach((course, place) => counts.push(countHits(course, logits, place, items)));
      }
      return counts;
    };
    const itemWeight = itemWeights(learnt, items);
    const mean = new Float32Array(layout.size);
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const order = stream.permutation(learnt.length);
      for (let from = 0; from < order.length; from += BATCH) {
        const taken = [...order.subarray(from, from + BATCH)].map((place) => learnt[place]!);
        await step.run({ ...batchOf(taken, shape), itemWeight }, LEARNING_RATE);
      }
      if (epoch < EPOCHS - AVERAGED) continue;
      step.state().parameters.forEach((value, i) => (mean[i]! += value / AVERAGED));
    }
    return await tell(mean, test);
  } finally {
    await step.dispose();
    await teller.dispose();
  }
}

/**
 * Log-odds of every item in a step that is foretold, with half a step added to both sides: where a forecaster without any
 * history should stand. From a start near 0.5 hundreds of updates pass until rare items lie around the threshold, and the score of a
 * small cohort then says how many updates it had.
 */
export function itemLogOdds(courses: readonly Course[], items: number): Float32Array {
  const counts = new Uint32Array(items);
  let steps = 0;
  for (const course of courses)
    for (const set of course.slice(1)) {
      steps++;
      for (const item of set) counts[item]!++;
    }
  return Float32Array.from(counts, (count) => Math.log((count + 0.5) / (steps - count + 0.5)));
}

function placeOf({ specs }: ParameterLayout, name: string): number {
  const spec = specs.find((one) => one.name === name);
  if (spec === undefined) throw new Error(`the forecaster has no parameters ${name}`);
  return spec.offset;
}

/** 1/ln(count + 1.1 + 1e-5) by item, of mean 1. */
export function itemWeights(courses: readonly Course[], items: number): Float32Array {
  const counts = new Uint32Array(items);
  for (const course of courses) for (const set of course) for (const item of set) counts[item]!++;
  const weights = Float64Array.from(counts, (count) => 1 / Math.log(count + 1.1 + 1e-5));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / items;
  return Float32Array.from(weights, (weight) => weight / mean);
}

/** Every step but the last foretells the next one; all steps of a stay together weigh 1. */
function batchOf(
  courses: readonly Course[],
  { steps, items }: GruItemsShape,
): Record<'x' | 'target' | 'weight', Float32Array> {
  const cells = steps * BATCH;
  const [x, target] = [new Float32Array(cells * items), new Float32Array(cells * items)];
  const weight = new Float32Array(cells);
  courses.forEach((course, place) => {
    for (let t = 0; t + 1 < course.length; t++) {
      const row = t * BATCH + place;
      for (const item of course[t]!) x[row * items + item] = 1;
      for (const item of course[t + 1]!) target[row * items + item] = 1;
      weight[row] = 1 / (course.length - 1);
    }
  });
  return { x, target, weight };
}

/** What a forecaster's logits of one step get right: items above the threshold are named. */
export function stepHits(items: Uint16Array, logits: Float32Array): ItemCounts {
  const counts = { right: 0, wrong: 0, missed: 0 };
  const least = Math.log(THRESHOLD / (1 - THRESHOLD));
  const actual = new Set(items);
  logits.forEach((logit, item) => {
    if (logit > least && actual.has(item)) counts.right++;
    else if (logit > least) counts.wrong++;
    else if (actual.has(item)) counts.missed++;
  });
  return counts;
}

function countHits(course: Course, logits: Float32Array, place: number, items: number): ItemCounts {
  const counts = { right: 0, wrong: 0, missed: 0 };
  for (let t = 0; t + 1 < course.length; t++) {
    const from = (t * BATCH + place) * items;
    const { right, wrong, missed } = stepHits(course[t + 1]!, logits.subarray(from, from + items));
    counts.right += right;
    counts.wrong += wrong;
    counts.missed += missed;
  }
  return counts;
}

import { compileStep } from '../../engine/compile.js';
import { initialParameters, namedTensors } from '../../engine/parameters.js';
import { random as randomStream, type Random } from '../../engine/random.js';
import { compileTraining } from '../../engine/training.js';
import {
  lstmItemLogits,
  lstmItemsInputs,
  lstmItemsLayout,
  lstmItemsTraining,
  type LstmItemsShape,
} from '../../models/lstmItems.js';
import { MOST_STEPS } from './itemSteps.js';
import { itemWeights, microF1, stepHits, type ItemCounts } from './nextItemForecaster.js';

type Course = readonly Uint16Array[];

/** How the released forecaster is trained; hidden units scaled from 128. */
export interface ReleasedSettings {
  readonly hidden: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly epochs: number;
  /** Epochs in a row without a better micro-F1 of the validation stays that end the training. */
  readonly patience: number;
}

export const RELEASED: ReleasedSettings = {
  hidden: 32,
  batch: 256,
  learningRate: 1e-3,
  epochs: 50,
  patience: 10,
};

/** Share of the training stays that is learnt from; the others choose the epoch. */
const LEARNT = 0.8;

/** Of every course one step to foretell, by the number of the step before it. */
const drawnSteps = (courses: readonly Course[], chance: Random): Uint8Array =>
  Uint8Array.from(courses, (course) => chance.integer(course.length - 1));

/** Time first; every stay weighs 1, at the step before the one that it is asked for. */
function batchOf(
  courses: readonly Course[],
  asked: Uint8Array,
  { steps, items, batch }: LstmItemsShape,
): Record<'x' | 'target' | 'weight', Float32Array> {
  const cells = steps * batch;
  const [x, target] = [new Float32Array(cells * items), new Float32Array(cells * items)];
  const weight = new Float32Array(cells);
  courses.forEach((course, place) => {
    for (let t = 0; t <= asked[place]!; t++)
      for (const item of course[t]!) x[(t * batch + place) * items + item] = 1;
    const row = asked[place]! * batch + place;
    for (const item of course[asked[place]! + 1]!) target[row * items + item] = 1;
    weight[row] = 1;
  });
  return { x, target, weight };
}

/**
 * Trains an LSTM on courses of items as the released evaluation does and counts its hits at one random step of every test course; the
 * same seed gives the same bytes. The parameters of the epoch with the best micro-F1 on one in five training stays are kept, those before
 * the first epoch where none is better (the released code then had none).
 */
export async function releasedItemCounts(
  training: readonly Course[],
  test: readonly Course[],
  items: number,
  seed: number,
  settings: ReleasedSettings = RELEASED,
): Promise<readonly ItemCounts[]> {
  const usable = training.filter((course) => course.length >= 2);
  const stream = randomStream('released-next-item', seed);
  const shuffled = [...stream.permutation(usable.length)].map((place) => usable[place]!);
  const cut = Math.max(1, Math.floor(LEARNT * shuffled.length));
  const fit = shuffled.slice(0, cut);
  const validation = cut < shuffled.length ? shuffled.slice(cut) : fit;
  const shape: LstmItemsShape = {
    items,
    hidden: settings.hidden,
    steps: MOST_STEPS - 1,
    batch: Math.min(settings.batch, fit.length),
  };
  const definition = lstmItemsTraining(shape);
  const layout = lstmItemsLayout(shape);
  const step = await compileTraining(definition, { engine: 'onnx' });
  const teller = await compileStep(
    ({ parameters: flat, ...inputs }) => ({
      logits: lstmItemLogits(namedTensors(layout, flat!), inputs, shape),
    }),
    { parameters: [layout.size], ...lstmItemsInputs(shape) },
    { engine: 'onnx' },
  );
  const tell = async (
    parameters: Float32Array,
    courses: readonly Course[],
    asked: Uint8Array,
  ): Promise<ItemCounts[]> => {
    const counts: ItemCounts[] = [];
    for (let from = 0; from < courses.length; from += shape.batch) {
      const taken = courses.slice(from, from + shape.batch);
      const own = asked.subarray(from, from + shape.batch);
      const { x } = batchOf(taken, own, shape);
      const { logits } = await teller.run({ parameters, x });
      taken.forEach((course, place) => {
        const row = own[place]! * shape.batch + place;
        counts.push(stepHits(course[own[place]! + 1]!, logits!.subarray(row * items, (row + 1) * items)));
      });
    }
    return counts;
  };
  try {
    let best = initialParameters(layout, stream);
    step.load({
      parameters: best,
      firstMoment: new Float32Array(layout.size),
      secondMoment: new Float32Array(layout.size),
      updates: 0,
    });
    const itemWeight = itemWeights(fit, items);
    let [highest, since] = [0, 0];
    for (let epoch = 0; epoch < settings.epochs && since < settings.patience; epoch++) {
      const order = stream.permutation(fit.length);
      for (let from = 0; from < order.length; from += shape.batch) {
        const taken = [...order.subarray(from, from + shape.batch)].map((place) => fit[place]!);
        const batch = batchOf(taken, drawnSteps(taken, stream), shape);
        await step.run({ ...batch, itemWeight }, settings.learningRate);
      }
      const { parameters } = step.state();
      const score = microF1(await tell(parameters, validation, drawnSteps(validation, stream))) ?? 0;
      since = score > highest ? 0 : since + 1;
      if (score > highest) [highest, best] = [score, parameters];
    }
    const asked = test.map((course) => course.length >= 2);
    const told = test.filter((_, stay) => asked[stay]!);
    // The same steps of the test stays whatever the model has learnt from.
    const counts = await tell(best, told, drawnSteps(told, randomStream('released-next-item-test', seed)));
    let at = 0;
    return asked.map((has) => (has ? counts[at++]! : { right: 0, wrong: 0, missed: 0 }));
  } finally {
    await step.dispose();
    await teller.dispose();
  }
}

import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import { compileStep } from '../../engine/compile.js';
import { namedTensors, initialParameters } from '../../engine/parameters.js';
import { random as randomStream } from '../../engine/random.js';
import { compileTraining } from '../../engine/training.js';
import {
  gruClassifierInputs,
  gruClassifierLayout,
  gruClassifierLogits,
  gruClassifierTraining,
  type GruClassifierShape,
} from '../../models/gruClassifier.js';
import { courseDefinition, fitCourseEncoder, type CourseEncoder } from './courseEncoder.js';
import type { Examples } from './examples.js';

const HIDDEN = 16;
const BATCH = 64;
const EPOCHS = 20;
/** Of large training sides fewer epochs. */
const MOST_UPDATES = 300;
const LEARNING_RATE = 0.01;

export const gruDefinition = `model=gru: gated recurrent unit of ${HIDDEN} hidden units on the grid, reading ${courseDefinition}; the state after the last step gives the log odds. ${EPOCHS} epochs (at most ${MOST_UPDATES} updates) of batches of ${BATCH}, Adam ${LEARNING_RATE}, gradient norm cut at 1, in float32 on the engine; nothing is tuned or stopped early.`;

/** Log odds of every row of a side, by a GRU trained on another. The same seed gives the same bytes. */
export async function fitGru(
  training: Examples,
  seed: number,
): Promise<(side: Examples) => Promise<Float64Array>> {
  const stays = staysOf(training);
  const encoder = fitCourseEncoder(stays);
  const shape = { inputs: encoder.inputs, hidden: HIDDEN, steps: stays.schema.steps, batch: BATCH };
  const parameters = await trainGru(stays, training.outcome, encoder, shape, seed);
  return (side) => scoreGru(staysOf(side), encoder, shape, parameters);
}

async function trainGru(
  stays: Cohort,
  outcome: Uint8Array,
  encoder: CourseEncoder,
  shape: GruClassifierShape,
  seed: number,
): Promise<Float32Array> {
  const definition = gruClassifierTraining(shape);
  const size = definition.layout.size;
  const stream = randomStream('utility-gru', seed);
  const step = await compileTraining(definition, { engine: 'onnx' });
  try {
    step.load({
      parameters: initialParameters(definition.layout, stream),
      firstMoment: new Float32Array(size),
      secondMoment: new Float32Array(size),
      updates: 0,
    });
    const batch = {
      x: new Float32Array(shape.steps * BATCH * shape.inputs),
      last: new Float32Array(shape.steps * BATCH),
      outcome: new Float32Array(BATCH),
      rowWeight: new Float32Array(BATCH),
    };
    let updates = 0;
    for (let epoch = 0; epoch < EPOCHS && updates < MOST_UPDATES; epoch++) {
      const order = stream.permutation(stays.size);
      for (let from = 0; from < order.length && updates < MOST_UPDATES; from += BATCH) {
        const rows = order.subarray(from, from + BATCH);
        encoder.write(stays, rows, BATCH, batch.x, batch.last);
        for (let place = 0; place < BATCH; place++) {
          const isThere = place < rows.length;
          batch.outcome[place] = isThere ? outcome[rows[place]!]! : 0;
          batch.rowWeight[place] = isThere ? 1 : 0;
        }
        await step.run(batch, LEARNING_RATE);
        updates++;
      }
    }
    return step.state().parameters;
  } finally {
    await step.dispose();
  }
}

async function scoreGru(
  stays: Cohort,
  encoder: CourseEncoder,
  shape: GruClassifierShape,
  parameters: Float32Array,
): Promise<Float64Array> {
  const layout = gruClassifierLayout(shape);
  const step = await compileStep(
    ({ parameters: flat, ...batch }) => ({
      logits: gruClassifierLogits(namedTensors(layout, flat!), batch, shape),
    }),
    { parameters: [layout.size], ...gruClassifierInputs(shape) },
    { engine: 'onnx' },
  );
  try {
    const scores = new Float64Array(stays.size);
    const x = new Float32Array(shape.steps * BATCH * shape.inputs);
    const last = new Float32Array(shape.steps * BATCH);
    for (let from = 0; from < stays.size; from += BATCH) {
      const rows = Uint32Array.from({ length: Math.min(BATCH, stays.size - from) }, (_, i) => from + i);
      encoder.write(stays, rows, BATCH, x, last);
      const logits = (await step.run({ parameters, x, last }))['logits'];
      if (logits === undefined) throw new Error('the classifier gave no log odds');
      rows.forEach((row, place) => (scores[row] = logits[place]!));
    }
    return scores;
  } finally {
    await step.dispose();
  }
}

function staysOf({ stays }: Examples): Cohort {
  if (stays !== null) return stays();
  throw new InputError({
    expected: 'a model that learns from a table',
    found: 'gru',
    place: 'metric parameter model',
    remedy: 'Use logistic, forest or boosting: the rows of this task are no whole courses.',
  });
}

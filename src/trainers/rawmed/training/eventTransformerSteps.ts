import { compileStep } from '../../../engine/compile.js';
import type { AdamOptions, EngineOptions, OptimiserState } from '../../../engine/contract.js';
import { initialParameters } from '../../../engine/parameters.js';
import type { Random } from '../../../engine/random.js';
import { compileTraining } from '../../../engine/training.js';
import {
  dropoutInputs,
  eventTransformerEvaluation,
  eventTransformerTraining,
} from '../../../models/eventTransformer.js';
import {
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from '../../../models/eventTransformerOptions.js';
import { fillDropout } from './dropoutMasks.js';
import { RAWMED_ADAM } from './eventAutoencoderSteps.js';
import { eventSequences, type EventCodes } from './eventCodes.js';
import type { TrainedSteps } from './trainingLoop.js';

/** A state to start from. */
export function initialEventTransformer(options: EventTransformerOptions, random: Random): OptimiserState {
  const layout = eventTransformerLayout(options);
  return {
    parameters: initialParameters(layout, random),
    firstMoment: new Float32Array(layout.size),
    secondMoment: new Float32Array(layout.size),
    updates: 0,
  };
}

/** An event Transformer in training, usable by a loop of one hospital as by rounds over several. */
export interface EventTransformerSteps extends TrainedSteps<OptimiserState> {
  load(state: OptimiserState): void;
  dispose(): Promise<void>;
}

/**
 * Compiles training and validation.
 * @param random noise of the dropout masks
 */
export async function openEventTransformer(
  options: EventTransformerOptions,
  data: { readonly train: EventCodes; readonly validation: EventCodes },
  settings: { readonly batch: number; readonly learningRate: number; readonly engine: EngineOptions },
  random: Random,
  adam: AdamOptions = RAWMED_ADAM,
): Promise<EventTransformerSteps> {
  const { batch } = settings;
  const width = sequenceLength(options) + 1;
  const training = await compileTraining(eventTransformerTraining(options, batch, adam), settings.engine);
  const validating = eventTransformerEvaluation(options, batch);
  const evaluation = await compileStep(validating.step, validating.inputs, settings.engine);
  const sequences = eventSequences(options, data.train);
  const validation = eventSequences(options, data.validation);
  const masks = Object.fromEntries(
    Object.entries(dropoutInputs(options, batch)).map(([name, shape]) => [
      name,
      new Float32Array(shape[0]! * shape[1]!),
    ]),
  );
  const tokens = new Float32Array(batch * width);
  const rowWeight = new Float32Array(batch);
  const fill = (source: Uint16Array, rows: ArrayLike<number>): void => {
    tokens.fill(0);
    rowWeight.fill(0).fill(1, 0, rows.length);
    for (let i = 0; i < rows.length; i++)
      tokens.set(source.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  };
  return {
    load: (state) => training.load(state),
    update: (rows, factor = 1) => {
      fill(sequences, rows);
      for (const mask of Object.values(masks)) fillDropout(mask, options.dropout, random);
      return training.run({ tokens, rowWeight, ...masks }, factor * settings.learningRate);
    },
    async accuracy() {
      const parameters = training.parameters();
      let [correct, counted] = [0, 0];
      const stays = validation.length / width;
      for (let from = 0; from < stays; from += batch) {
        fill(
          validation,
          Uint32Array.from({ length: Math.min(batch, stays - from) }, (_, i) => from + i),
        );
        const found = await evaluation.run({ parameters, tokens, rowWeight });
        correct += found['correct']![0]!;
        counted += found['counted']![0]!;
      }
      if (counted === 0) throw new Error('a validation without tokens');
      return correct / counted;
    },
    state: () => training.state(),
    async dispose() {
      await training.dispose();
      await evaluation.dispose();
    },
  };
}

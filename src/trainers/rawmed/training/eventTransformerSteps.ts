import { compileStep } from '../../../engine/compile.js';
import type { AdamOptions, EngineOptions, OptimiserState } from '../../../engine/contract.js';
import { initialParameters } from '../../../engine/parameters.js';
import type { Random } from '../../../engine/random.js';
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
import { stepsOfOneState } from './sharedState.js';
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
 * Events that the training steps are compiled for, ascending, the last for the longest stays: a stay goes to the first in which it
 * and its EOS have room, so that short stays do not pay for the padding of long ones.
 *
 * @param counts events of the training stays
 */
export function compiledEvents(counts: Uint32Array, maxEvents: number): readonly number[] {
  const sorted = counts.slice().sort();
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]! + 1;
  const wanted = [quantile(0.5), quantile(0.8)].filter((events) => events <= 0.8 * maxEvents);
  return [...new Set([...wanted, maxEvents])].sort((x, y) => x - y);
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
  const counts = data.train.events;
  const lengths = compiledEvents(counts, options.maxEvents);
  const training = await stepsOfOneState(
    lengths.map((events) => eventTransformerTraining(options, batch, adam, events)),
    settings.engine,
  );
  const validating = eventTransformerEvaluation(options, batch);
  const evaluation = await compileStep(validating.step, validating.inputs, settings.engine);
  const sequences = eventSequences(options, data.train);
  const validation = eventSequences(options, data.validation);
  const kinds = Uint8Array.from(counts, (count) =>
    lengths.findIndex((events) => count < events || events === options.maxEvents),
  );
  const buffers = lengths.map((events) => {
    const cut = { ...options, maxEvents: events };
    return {
      tokens: new Float32Array(batch * (sequenceLength(cut) + 1)),
      masks: Object.fromEntries(
        Object.entries(dropoutInputs(cut, batch)).map(([name, shape]) => [
          name,
          new Float32Array(shape[0]! * shape[1]!),
        ]),
      ),
    };
  });
  const rowWeight = new Float32Array(batch);
  const batchWeight = new Float32Array(1);
  const fill = (source: Uint16Array, rows: ArrayLike<number>, tokens: Float32Array): void => {
    const own = tokens.length / batch;
    tokens.fill(0);
    rowWeight.fill(0).fill(1, 0, rows.length);
    for (let i = 0; i < rows.length; i++)
      tokens.set(source.subarray(rows[i]! * width, rows[i]! * width + own), i * own);
  };
  const kept = (row: number): number => Math.min(counts[row]!, options.maxEvents);
  const averageEvents =
    counts.reduce((sum, _, row) => sum + kept(row), 0) / Math.max(1, Math.ceil(counts.length / batch));
  const whole = buffers.at(-1)!.tokens;
  return {
    kinds,
    load: (state) => training.present().load(state),
    async update(rows, factor = 1) {
      const kind = rows.reduce((most, row) => Math.max(most, kinds[row]!), 0);
      const { tokens, masks } = buffers[kind]!;
      fill(sequences, rows, tokens);
      for (const mask of Object.values(masks)) fillDropout(mask, options.dropout, random);
      batchWeight[0] = rows.reduce((sum, row) => sum + kept(row), 0) / averageEvents;
      const inputs = { tokens, rowWeight, batchWeight, ...masks };
      const step = await training.at(kind);
      return step.run(inputs, factor * settings.learningRate);
    },
    async accuracy() {
      const parameters = training.present().parameters();
      let [correct, counted] = [0, 0];
      const stays = validation.length / width;
      for (let from = 0; from < stays; from += batch) {
        const rows = Math.min(batch, stays - from);
        fill(
          validation,
          Uint32Array.from({ length: rows }, (_, i) => from + i),
          whole,
        );
        const found = await evaluation.run({ parameters, tokens: whole, rowWeight });
        correct += found['correct']![0]!;
        counted += found['counted']![0]!;
      }
      if (counted === 0) throw new Error('a validation without tokens');
      return correct / counted;
    },
    state: () => training.present().state(),
    async dispose() {
      await training.dispose();
      await evaluation.dispose();
    },
  };
}

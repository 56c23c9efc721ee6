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
import { codeSequences, type EventCodes, type StaySequences } from './eventCodes.js';
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
export interface EventTransformerSteps extends TrainedSteps<OptimiserState, Float32Array> {
  dispose(): Promise<void>;
}

/**
 * Extents that the training steps are compiled for, ascending, the last for the longest stays: a stay goes to the first in which it
 * and its EOS have room, so that short stays do not pay for the padding of long ones.
 *
 * @param extents of the training stays: events where all are equally long, tokens otherwise
 */
export function compiledExtents(extents: Uint32Array, longest: number): readonly number[] {
  const sorted = extents.slice().sort();
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]! + 1;
  const wanted = [quantile(0.5), quantile(0.8)].filter((extent) => extent <= 0.8 * longest);
  return [...new Set([...wanted, longest])].sort((x, y) => x - y);
}

/**
 * Compiles training and validation on stays as digits and codes.
 * @param random noise of the dropout masks
 */
export function openEventTransformer(
  options: EventTransformerOptions,
  data: { readonly train: EventCodes; readonly validation: EventCodes },
  settings: { readonly batch: number; readonly learningRate: number; readonly engine: EngineOptions },
  random: Random,
  adam: AdamOptions = RAWMED_ADAM,
): Promise<EventTransformerSteps> {
  const sequences = {
    train: codeSequences(options, data.train),
    validation: codeSequences(options, data.validation),
  };
  return openSequenceTransformer(options, sequences, settings, random, adam);
}

/**
 * Compiles training and validation on sequences of tokens.
 * @param random noise of the dropout masks
 */
export async function openSequenceTransformer(
  options: EventTransformerOptions,
  data: { readonly train: StaySequences; readonly validation: StaySequences },
  settings: { readonly batch: number; readonly learningRate: number; readonly engine: EngineOptions },
  random: Random,
  adam: AdamOptions = RAWMED_ADAM,
): Promise<EventTransformerSteps> {
  const { batch } = settings;
  const width = sequenceLength(options) + 1;
  const { tokens: sequences, extents, unit } = data.train;
  const validation = data.validation.tokens;
  const longest = sequenceLength(options) / unit;
  const compiled = compiledExtents(extents, longest);
  const lengths = compiled.map((extent) => extent * unit);
  const training = await stepsOfOneState(
    lengths.map((length) => eventTransformerTraining(options, batch, adam, length)),
    settings.engine,
  );
  const validating = eventTransformerEvaluation(options, batch);
  const evaluation = await compileStep(validating.step, validating.inputs, settings.engine);
  const kinds = Uint8Array.from(extents, (own) =>
    compiled.findIndex((extent) => own < extent || extent === longest),
  );
  const buffers = lengths.map((length) => ({
    tokens: new Float32Array(batch * (length + 1)),
    masks: Object.fromEntries(
      Object.entries(dropoutInputs(options, batch, length)).map(([name, shape]) => [
        name,
        new Float32Array(shape[0]! * shape[1]!),
      ]),
    ),
  }));
  const rowWeight = new Float32Array(batch);
  const batchWeight = new Float32Array(1);
  const fill = (source: Uint16Array, rows: ArrayLike<number>, tokens: Float32Array): void => {
    const own = tokens.length / batch;
    tokens.fill(0);
    rowWeight.fill(0).fill(1, 0, rows.length);
    for (let i = 0; i < rows.length; i++)
      tokens.set(source.subarray(rows[i]! * width, rows[i]! * width + own), i * own);
  };
  const kept = (row: number): number => Math.min(extents[row]!, longest);
  const average =
    extents.reduce((sum, _, row) => sum + kept(row), 0) / Math.max(1, Math.ceil(extents.length / batch));
  const whole = buffers.at(-1)!.tokens;
  return {
    kinds,
    load: (state) => training.present().load(state),
    async update(rows, factor = 1) {
      const kind = rows.reduce((most, row) => Math.max(most, kinds[row]!), 0);
      const { tokens, masks } = buffers[kind]!;
      fill(sequences, rows, tokens);
      for (const mask of Object.values(masks)) fillDropout(mask, options.dropout, random);
      batchWeight[0] = rows.reduce((sum, row) => sum + kept(row), 0) / average;
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
    learnt: () => training.present().parameters().slice(),
    async dispose() {
      await training.dispose();
      await evaluation.dispose();
    },
  };
}

import type { EngineOptions, OptimiserState } from '../../../engine/contract.js';
import type { ResumableRandom } from '../../../engine/random.js';
import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import type { RawmedParameters } from '../parameters.js';
import { codeSequences, type EventCodes, type StaySequences } from './eventCodes.js';
import { initialEventTransformer, openSequenceTransformer } from './eventTransformerSteps.js';
import { trainedState, type LoopCallbacks, type LoopSettings, type LoopState } from './trainingLoop.js';

/** The stage between two updates. */
export type TransformerLoop = LoopState<OptimiserState, Float32Array>;

/**
 * How parameters say that a Transformer is trained.
 * @param stays that are trained on
 */
export function transformerLoop(
  { epochs, batch, patience, learningRate, warmup, learningRateDecay }: RawmedParameters['transformer'],
  stays: number,
): LoopSettings {
  const updates = epochs * Math.ceil(stays / batch);
  return { batch, updates, patience, learningRate, warmup, decay: learningRateDecay };
}

/**
 * Trains the causal Transformer of RawMed (stage 2) on stays as digits and codes, until the accuracy of the validation
 * stays' tokens stops growing. Published: batch 64, learning rate 3e-4, patience 10.
 *
 * @returns parameters
 */
export function trainEventTransformer(
  options: EventTransformerOptions,
  data: { readonly train: EventCodes; readonly validation: EventCodes },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: ResumableRandom,
  callbacks: LoopCallbacks<OptimiserState, Float32Array> = {},
): Promise<Float32Array> {
  const sequences = {
    train: codeSequences(options, data.train),
    validation: codeSequences(options, data.validation),
  };
  return trainSequenceTransformer(options, sequences, settings, random, callbacks);
}

/** The same on sequences of tokens. */
export async function trainSequenceTransformer(
  options: EventTransformerOptions,
  data: { readonly train: StaySequences; readonly validation: StaySequences },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: ResumableRandom,
  callbacks: LoopCallbacks<OptimiserState, Float32Array> = {},
): Promise<Float32Array> {
  const steps = await openSequenceTransformer(options, data, settings, random);
  try {
    const initial = () => initialEventTransformer(options, random);
    return await trainedState(steps, initial, data.train.extents.length, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

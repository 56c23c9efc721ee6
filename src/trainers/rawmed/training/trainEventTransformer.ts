import type { EngineOptions, OptimiserState } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import type { RawmedParameters } from '../parameters.js';
import { codeSequences, type EventCodes, type StaySequences } from './eventCodes.js';
import { initialEventTransformer, openSequenceTransformer } from './eventTransformerSteps.js';
import { trainedState, type LoopCallbacks, type LoopSettings } from './trainingLoop.js';

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
 */
export function trainEventTransformer(
  options: EventTransformerOptions,
  data: { readonly train: EventCodes; readonly validation: EventCodes },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: Random,
  callbacks: LoopCallbacks = {},
): Promise<OptimiserState> {
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
  random: Random,
  callbacks: LoopCallbacks = {},
): Promise<OptimiserState> {
  const steps = await openSequenceTransformer(options, data, settings, random);
  try {
    steps.load(initialEventTransformer(options, random));
    return await trainedState(steps, data.train.extents.length, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

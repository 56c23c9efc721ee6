import type { EngineOptions, OptimiserState } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import type { EventCodes, StaySequences } from './eventCodes.js';
import {
  initialEventTransformer,
  openEventTransformer,
  openSequenceTransformer,
  type EventTransformerSteps,
} from './eventTransformerSteps.js';
import { trainedState, type LoopCallbacks, type LoopSettings } from './trainingLoop.js';

/**
 * Trains the causal Transformer of RawMed (stage 2) on stays as digits and codes, until the accuracy of the validation
 * stays' tokens stops growing. Published: batch 64, learning rate 3e-4, patience 10.
 */
export async function trainEventTransformer(
  options: EventTransformerOptions,
  data: { readonly train: EventCodes; readonly validation: EventCodes },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: Random,
  callbacks: LoopCallbacks = {},
): Promise<OptimiserState> {
  const steps = await openEventTransformer(options, data, settings, random);
  return trainedTransformer(options, steps, data.train.events.length, settings, random, callbacks);
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
  return trainedTransformer(options, steps, data.train.extents.length, settings, random, callbacks);
}

async function trainedTransformer(
  options: EventTransformerOptions,
  steps: EventTransformerSteps,
  stays: number,
  settings: LoopSettings,
  random: Random,
  callbacks: LoopCallbacks,
): Promise<OptimiserState> {
  try {
    steps.load(initialEventTransformer(options, random));
    return await trainedState(steps, stays, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

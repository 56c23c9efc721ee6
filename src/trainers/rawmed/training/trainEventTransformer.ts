import type { EngineOptions, OptimiserState } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import type { EventCodes } from './eventCodes.js';
import { initialEventTransformer, openEventTransformer } from './eventTransformerSteps.js';
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
  try {
    steps.load(initialEventTransformer(options, random));
    return await trainedState(steps, data.train.events.length, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

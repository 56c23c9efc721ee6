import type { EngineOptions } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import type { EventAutoencoderOptions } from '../../../models/eventAutoencoderOptions.js';
import {
  initialEventAutoencoder,
  openEventAutoencoder,
  type EventAutoencoderState,
  type EventIds,
} from './eventAutoencoderSteps.js';
import { trainedState, type LoopCallbacks, type LoopSettings } from './trainingLoop.js';

/**
 * Trains the event autoencoder of RawMed (stage 1) on different events weighted by how often they occur, until the accuracy of
 * the validation events' tokens stops growing. Published: batch 4096, learning rate 5e-4, patience 10.
 */
export async function trainEventAutoencoder(
  options: EventAutoencoderOptions,
  data: { readonly train: EventIds; readonly validation: EventIds },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: Random,
  callbacks: LoopCallbacks = {},
): Promise<EventAutoencoderState> {
  const steps = await openEventAutoencoder(options, data, settings, random);
  try {
    steps.load(initialEventAutoencoder(options, random));
    return await trainedState(steps, data.train.count, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

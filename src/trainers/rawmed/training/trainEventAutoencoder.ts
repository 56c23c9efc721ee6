import type { EngineOptions } from '../../../engine/contract.js';
import type { ResumableRandom } from '../../../engine/random.js';
import type { EventAutoencoderOptions } from '../../../models/eventAutoencoderOptions.js';
import {
  initialEventAutoencoder,
  openEventAutoencoder,
  type EventAutoencoderState,
  type EventIds,
  type LearntAutoencoder,
} from './eventAutoencoderSteps.js';
import { trainedState, type LoopCallbacks, type LoopSettings, type LoopState } from './trainingLoop.js';

/** The stage between two updates. */
export type AutoencoderLoop = LoopState<EventAutoencoderState, LearntAutoencoder>;

/**
 * Trains the event autoencoder of RawMed (stage 1) on different events weighted by how often they occur, until the accuracy of
 * the validation events' tokens stops growing. Published: batch 4096, learning rate 5e-4, patience 10.
 */
export async function trainEventAutoencoder(
  options: EventAutoencoderOptions,
  data: { readonly train: EventIds; readonly validation: EventIds },
  settings: LoopSettings & { readonly engine: EngineOptions },
  random: ResumableRandom,
  callbacks: LoopCallbacks<EventAutoencoderState, LearntAutoencoder> = {},
): Promise<LearntAutoencoder> {
  const steps = await openEventAutoencoder(options, data, settings, random);
  try {
    const initial = () => initialEventAutoencoder(options, random);
    return await trainedState(steps, initial, data.train.count, settings, random, callbacks);
  } finally {
    await steps.dispose();
  }
}

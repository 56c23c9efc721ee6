import { codesPerEvent, type EventAutoencoderOptions } from '../../models/eventAutoencoderOptions.js';
import type { EventTransformerOptions } from '../../models/eventTransformerOptions.js';
import type { RawmedParameters } from './parameters.js';
import type { TimeSlots } from './stayTexts.js';

/** Options of both models. */
export interface RawmedModelOptions {
  readonly autoencoder: EventAutoencoderOptions;
  readonly transformer: EventTransformerOptions;
}

/**
 * Sizes of both models as parameters and data decide them.
 *
 * @param vocabulary ids of the tokeniser
 * @throws InputError when the text length is not the latent positions times a power of two, or the heads do not divide the width
 */
export function modelOptions(
  { text, autoencoder, transformer }: RawmedParameters,
  { vocabulary, maxEvents, time }: { vocabulary: number; maxEvents: number; time: TimeSlots },
): RawmedModelOptions {
  const { codes, levels, decay, temperature, straightThrough } = autoencoder;
  const stageOne: EventAutoencoderOptions = {
    vocabulary,
    length: text.length,
    positions: autoencoder.positions,
    width: autoencoder.width,
    commitment: autoencoder.commitment,
    quantiser: { codes, levels, decay, temperature, straightThrough },
  };
  const { width, layers, heads, hidden, norm, positions, dropout } = transformer;
  return {
    autoencoder: stageOne,
    transformer: {
      codes,
      eventCodes: codesPerEvent(stageOne),
      timeDigits: time.slots,
      timeValues: time.values,
      maxEvents,
      width,
      layers,
      heads,
      hidden,
      norm,
      positions,
      dropout,
    },
  };
}

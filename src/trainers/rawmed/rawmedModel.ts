import type { DrawableModel } from './drawableModel.js';
import { modelOptions, type RawmedModelOptions } from './modelOptions.js';
import type { RawmedParameters } from './parameters.js';
import { timeSlots, type TimeSlots } from './stayTexts.js';
import { openTokeniser, type Tokeniser } from './text/tokeniser.js';

/** A trained RawMed, as it draws and as it is kept in a model folder. */
export interface RawmedModel extends DrawableModel {
  readonly parameters: RawmedParameters;
  readonly maxEvents: number;
  /** Pieces of the tokeniser, in id order. */
  readonly pieces: readonly string[];
  readonly autoencoder: DrawableAutoencoder;
  /** Parameters of stage two. */
  readonly transformer: Float32Array;
}

/** What of the event autoencoder's state encoding and decoding need. */
export interface DrawableAutoencoder {
  readonly parameters: Float32Array;
  readonly running: Float32Array;
  readonly codebook: Float32Array;
}

/** What follows from a model's plain data. */
export interface OpenedText extends RawmedModelOptions {
  readonly tokeniser: Tokeniser;
  readonly time: TimeSlots;
}

export function openedText({
  parameters,
  pieces,
  window,
  maxEvents,
}: Pick<RawmedModel, 'parameters' | 'pieces' | 'window' | 'maxEvents'>): OpenedText {
  const tokeniser = openTokeniser(pieces);
  const time = timeSlots(parameters.time, window);
  return {
    tokeniser,
    time,
    ...modelOptions(parameters, { vocabulary: tokeniser.size, maxEvents, time }),
  };
}

import type { CohortSchema, CohortEvents } from '../../cohort/types.js';
import { modelOptions, type RawmedModelOptions } from './modelOptions.js';
import type { RawmedParameters } from './parameters.js';
import { timeSlots, type TimeSlots } from './stayTexts.js';
import type { TextStatistics } from './text/encodeEvents.js';
import { openTokeniser, type Tokeniser } from './text/tokeniser.js';
import type { VerificationRules } from './verification/verificationRules.js';

/** A trained RawMed, as it draws and as it is kept in a model folder. */
export interface RawmedModel {
  readonly trainer: { readonly id: string; readonly version: number };
  readonly parameters: RawmedParameters;
  readonly schema: CohortSchema;
  /** All hospitals of the training cohort, in its order, and their training stays. */
  readonly hospitals: readonly string[];
  readonly stays: Readonly<Record<string, number>>;
  /** Tables as the cohort has them, and how its grid is made out of them. */
  readonly source: Pick<CohortEvents, 'tables' | 'grid'>;
  /** Tables as the text has them: with the stay's own and with a column of time where parameters ask for them. */
  readonly tables: CohortEvents['tables'];
  readonly window: number;
  readonly maxEvents: number;
  /** Pieces of the tokeniser, in id order. */
  readonly pieces: readonly string[];
  readonly rules: VerificationRules;
  readonly statistics: TextStatistics;
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

import { z } from 'zod';
import {
  filled,
  samplingSection,
  textSection,
  transformerSection,
  type Filled,
  type RawmedParameters,
} from '../rawmed/parameters.js';

/** Sizes of the text and of the Transformer, as of RawMed's size `s`. */
const defaults = {
  text: { length: 64, vocabulary: 800 },
  transformer: {
    width: 64,
    layers: 4,
    heads: 4,
    hidden: 256,
    norm: 'pre',
    positions: 'learned',
    dropout: 0.1,
    epochs: 25,
    batch: 4,
    learningRate: 2e-3,
    warmup: 0.05,
    learningRateDecay: 'cosine',
  },
  sampling: { topK: 32, orderedTimes: true },
} as const;

const options = z.strictObject({
  /** Minutes from admission, both ends included; null: half the grid of the dataset. */
  window: z.int().min(10).max(9999).nullable().default(null),
  /** Most events of a stay; null: the 95th percentile of the training stays. Never more than that. */
  maxEvents: z.int().min(6).max(2048).nullable().default(null),
  /**
   * Most tokens of a stay, which decides what training costs; null: the 95th percentile of the training stays. Never more than that. Longer stays are
   * cut to whole events.
   */
  maxTokens: z.int().min(64).max(8192).nullable().default(512),
  /** Time of an event: decimal digits before its text, as RawMed's. */
  time: z.literal('digits').default('digits'),
  /** `stay-event`: a first event of its own table says statics and labels; `none` leaves them unknown. */
  statics: z.enum(['none', 'stay-event']).default('stay-event'),
  /** Share of the training patients that only watch, to end the training early. */
  validationShare: z.number().gt(0).max(0.5).default(0.1),
  text: textSection.prefault({}),
  transformer: transformerSection.prefault({}),
  sampling: samplingSection.prefault({}),
});

type Options = z.output<typeof options>;

/** All parameters of the trainer `token-events`, none left open. */
export type TokenEventsParameters = Omit<Options, 'text' | 'transformer' | 'sampling'> &
  Pick<RawmedParameters, 'text' | 'transformer' | 'sampling'>;

export const tokenEventsParameters = options.transform((chosen): TokenEventsParameters => ({
  ...chosen,
  text: filled<Options['text']>(defaults.text, chosen.text),
  transformer: filled<Options['transformer']>(defaults.transformer, chosen.transformer),
  sampling: filled<Options['sampling']>(defaults.sampling, chosen.sampling) satisfies Filled<
    Options['sampling']
  >,
}));

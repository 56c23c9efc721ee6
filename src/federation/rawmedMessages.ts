import { z } from 'zod';
import {
  cellLevels,
  count,
  counts,
  crossings,
  float32s,
  monitors,
  parameters,
  type Protocol,
} from './messages.js';

const list = <T extends z.ZodType>(element: T) => z.array(element).readonly();
const codebook = () => float32s().register(crossings, { crossing: 'codebook' });
/** A word or text that names a cell of counts, of 11 patients or more. */
const cellName = () => z.string().register(crossings, { crossing: 'counts' });
const flag = () => z.boolean().register(crossings, { crossing: 'counts' });
const kind = () => z.enum(['continuous', 'categorical']).register(crossings, { crossing: 'counts' });
/** Outer edges of cells of a public grid that hold values of 11 patients or more. */
const cellRange = () =>
  z.tuple([z.number(), z.number()]).readonly().register(crossings, { crossing: 'counts' }).nullable();

const rules = list(
  z.strictObject({
    columns: list(
      z.strictObject({
        name: cellName(),
        kind: kind(),
        range: cellRange(),
        vocabulary: list(z.strictObject({ text: cellName(), count: count() })),
        rareTexts: flag(),
      }),
    ),
    item: count(),
    itemRanges: list(list(cellRange())),
    rareItem: list(cellRange()),
    withoutItem: list(cellRange()).nullable(),
    itemUnrelated: list(count()),
  }),
);

/** Everything of the event autoencoder that hospitals share. The codebook itself follows from usage and sums. */
const sharedAutoencoder = z.strictObject({
  parameters: float32s(),
  /** Mean and variance of every normalised layer. */
  running: float32s(),
  /** Moving averages of how often each code is used, and of the sums of what it stands for. */
  usage: float32s(),
  codeSums: float32s(),
});

/** Messages of the federated RawMed. */
export const rawmedMessages = {
  /**
   * Stays with enough events per number of events (small cells joined to their neighbours), and training stays of any number.
   */
  countEvents: {
    request: z.strictObject({}),
    reply: z.strictObject({
      stays: count(),
      cells: z.strictObject({ levels: cellLevels(), counts: counts() }),
    }),
  },
  /** Words and characters that 11 or more of your patients have, and how often they stand in the first `maxEvents` events. */
  countPieces: {
    request: z.strictObject({ maxEvents: z.int().positive() }),
    reply: z.strictObject({ pieces: list(cellName()), uses: counts() }),
  },
  /**
   * Write your events with this vocabulary; answer with stays that are long enough and their events, with counts of texts and
   * ranges, and with the shares that truncation and the vocabulary took; 0 for what concerns fewer than 11 patients.
   */
  prepareText: {
    request: z.strictObject({ maxEvents: z.int().positive(), pieces: list(z.string()) }),
    reply: z.strictObject({
      stays: count(),
      events: count(),
      /** Events, filled cells and pieces before truncation, of all stays. */
      said: count(),
      columns: count(),
      tokens: count(),
      rules,
      monitors: monitors(),
    }),
  },
  /** Go on from this state; answer with its accuracy on the stays that only watch. */
  adoptEventAutoencoder: {
    request: sharedAutoencoder,
    reply: z.strictObject({ monitors: monitors() }),
  },
  /** Train on from the state that you adopted. */
  trainEventAutoencoder: {
    request: z.strictObject({
      /** From 1. */
      round: z.int().positive(),
      /** Null: once through your events. */
      updates: z.int().positive().nullable(),
      /** Updates of the rounds before, where the learning rate's schedule goes on. */
      done: z.int().nonnegative(),
    }),
    reply: z.strictObject({
      parameters: parameters(),
      running: parameters(),
      usage: codebook(),
      codeSums: codebook(),
      steps: count(),
      monitors: monitors(),
    }),
  },
  /** Write your events as codes of this autoencoder. */
  encodeEvents: { request: sharedAutoencoder, reply: z.strictObject({}) },
  /** Go on from these parameters of the Transformer; answer with their accuracy on the stays that only watch. */
  adoptEventTransformer: {
    request: z.strictObject({ parameters: float32s() }),
    reply: z.strictObject({ monitors: monitors() }),
  },
  /** Train once through your stays from the parameters that you adopted. */
  trainEventTransformer: {
    request: z.strictObject({ round: z.int().positive() }),
    reply: z.strictObject({ parameters: parameters(), steps: count(), monitors: monitors() }),
  },
} as const satisfies Protocol;

export type RawmedMessages = typeof rawmedMessages;

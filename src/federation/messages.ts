import { z } from 'zod';

/**
 * What may cross the line between a hospital and the server. Every field of every answer is declared as one of these:
 * model parameters, means of gradients over all local updates, sums over at least 50 stays, counts in which no cell stands
 * for 1…10 stays (or patients, where they are counted), usage and sums of the codes of a trained codebook, or a mean that
 * monitors the training: over all training rows, or over the tenth of the patients who only watch RawMed's training, who may be fewer than 11.
 */
export type Crossing = 'parameters' | 'gradients' | 'moments' | 'counts' | 'codebook' | 'monitor';

/** The declared kind of every field that crosses; a test walks over it. */
export const crossings = z.registry<{ crossing: Crossing }>();

export const float32s = () =>
  z.custom<Float32Array>((value) => value instanceof Float32Array, 'a Float32Array');
const float64s = () => z.custom<Float64Array>((value) => value instanceof Float64Array, 'a Float64Array');
const uint32s = () => z.custom<Uint32Array>((value) => value instanceof Uint32Array, 'a Uint32Array');
const int32s = () => z.custom<Int32Array>((value) => value instanceof Int32Array, 'an Int32Array');

export const parameters = () => float32s().register(crossings, { crossing: 'parameters' });
const gradients = () => float32s().register(crossings, { crossing: 'gradients' });
const moments = () => float64s().register(crossings, { crossing: 'moments' });
export const counts = () => float64s().register(crossings, { crossing: 'counts' });
/** Levels that name the cells of a histogram. */
export const cellLevels = () => int32s().register(crossings, { crossing: 'counts' });
export const count = () => z.int().nonnegative().register(crossings, { crossing: 'counts' });
export const monitors = () => z.record(z.string(), z.number()).register(crossings, { crossing: 'monitor' });

/** Counts per hospital id: several only where one participant holds the rows of all hospitals (centralized training). */
const perHospital = <T extends z.ZodType>(released: T) => z.record(z.string(), released);

const transform = z.strictObject({
  values: float64s(),
  scores: float64s(),
});

const localEpochs = z.strictObject({
  /** From 1; 0 = fine-tuning after the last. */
  round: z.int().nonnegative(),
  epochs: z.int().positive(),
  learningRate: z.number().positive(),
  /** Global parameters; null = start from your own random ones (independent initialisation, first round only). */
  parameters: float32s().nullable(),
  /** True when neurons changed places since the last round, so that Adam's moments belong to others. */
  resetMoments: z.boolean(),
  /** Control variate c of all hospitals (SCAFFOLD); null = zeros, or a rule without control variates. */
  control: float32s().nullable(),
});
const localUpdate = z.strictObject({
  parameters: parameters(),
  /** Optimiser updates in these epochs. */
  steps: count(),
  /** Mean gradient of these updates minus the one before (SCAFFOLD); null for rules without control variates. */
  controlChange: gradients().nullable(),
  monitors: monitors(),
});

/** Request and answer of every kind of message that a server and its hospitals agreed on. */
export type Protocol = Readonly<Record<string, { readonly request: z.ZodType; readonly reply: z.ZodType }>>;

/** Kinds of a protocol. */
export type KindOf<P extends Protocol> = keyof P & string;
export type RequestIn<P extends Protocol, K extends KindOf<P>> = z.infer<P[K]['request']>;
export type ReplyIn<P extends Protocol, K extends KindOf<P>> = z.infer<P[K]['reply']>;

/** A hospital's answers to a protocol, by kind of message. */
export type AnswersTo<P extends Protocol> = {
  readonly [K in KindOf<P>]: (request: RequestIn<P, K>) => Promise<ReplyIn<P, K>> | ReplyIn<P, K>;
};

/** Messages of the generators of grids. */
export const messages = {
  /** Number of training stays, per hospital id. */
  countStays: { request: z.strictObject({}), reply: z.strictObject({ stays: perHospital(count()) }) },
  /** How many decimals the values of each histogram variable are written with: [variables × 5]. */
  countDecimals: {
    request: z.strictObject({}),
    reply: z.strictObject({ decimals: perHospital(counts()) }),
  },
  /** Values of each histogram variable per bin of a common grid: one array of counts a variable. */
  countBins: {
    request: z.strictObject({ edges: z.array(float64s()) }),
    reply: z.strictObject({ bins: perHospital(z.array(counts())) }),
  },
  /** Stays per cell of the joint condition of labels, statics and length. */
  countConditions: {
    request: z.strictObject({ innerEdges: z.array(float64s()) }),
    reply: z.strictObject({
      cells: perHospital(z.strictObject({ levels: cellLevels(), counts: counts() })),
    }),
  },
  /** Steps within a stay per step of the grid [steps], observed ones [steps × features], and 1s per binary channel [channels]. */
  countObserved: {
    request: z.strictObject({}),
    reply: z.strictObject({
      observed: perHospital(z.strictObject({ steps: counts(), observed: counts(), ones: counts() })),
    }),
  },
  /** Encode your stays with these transforms. */
  prepare: {
    request: z.strictObject({ transforms: z.array(transform.nullable()) }),
    reply: z.strictObject({}),
  },
  trainAutoencoder: { request: localEpochs, reply: localUpdate },
  /** FedMA: train the layers behind the frozen ones and send the next of them. */
  trainLayers: {
    request: z.strictObject({
      /** From 1. */
      pass: z.int().positive(),
      /** Number of layers, from the first, that were matched in this pass. */
      frozen: z.int().nonnegative(),
      epochs: z.int().nonnegative(),
      learningRate: z.number().positive(),
      /**
       * At the start of a pass: in the first one the whole network, null = your own; later the averaged layers, to go with the
       * matched ones that you have.
       */
      start: float32s().nullable(),
      /** The layer that was matched last, weights then biases; null at the start of a pass. */
      matched: float32s().nullable(),
      /** Place of each of your neurons in it. */
      places: uint32s().nullable(),
      /** How many layers behind the frozen ones to send. */
      send: z.int().positive(),
    }),
    reply: z.strictObject({ parameters: parameters(), monitors: monitors() }),
  },
  /** From now on use models of these widths. */
  adoptWidths: {
    request: z.strictObject({
      hidden: z.int().positive(),
      latents: z.int().positive(),
      decoderHidden: z.int().positive(),
    }),
    reply: z.strictObject({}),
  },
  /** The loss of these parameters over all your training rows, without noise on the latents. */
  evaluateAutoencoder: {
    request: z.strictObject({ parameters: float32s() }),
    reply: z.strictObject({ monitors: monitors() }),
  },
  /**
   * Number of rows, sum and sum of squares of the latents [latents], and the sums of their products [latents × latents]
   * where these are asked for; null from a hospital with fewer than 50 stays.
   */
  latentMoments: {
    request: z.strictObject({ parameters: float32s(), products: z.boolean() }),
    reply: z.strictObject({
      moments: z
        .strictObject({ rows: count(), sums: moments(), squares: moments(), products: moments().nullable() })
        .nullable(),
    }),
  },
  /** Standardise your latents with these moments; answer with the sums of the decoding residual [channels]. */
  adoptLatents: {
    request: z.strictObject({
      parameters: float32s(),
      mean: float64s(),
      deviation: float64s(),
    }),
    reply: z.strictObject({
      residuals: z
        .strictObject({
          /** Observed cells, and their squared residuals. */
          cells: counts(),
          squares: moments(),
          /** Over pairs of neighbouring steps with a value, observed or carried: products and squares of both ends. */
          products: moments(),
          earlierSquares: moments(),
          laterSquares: moments(),
        })
        .nullable(),
    }),
  },
  trainTcvae: {
    request: localEpochs.extend({ beta: z.number().nonnegative() }),
    /** Also the divergence of posterior and prior in the last epoch, summed over stays, per code [steps, or 1 for the whole stay]; 0 where fewer than 50 stays are that long. */
    reply: localUpdate.extend({ divergence: z.strictObject({ stays: counts(), sums: moments() }) }),
  },
} as const;

export type MessageKind = keyof typeof messages;

/** Messages that only watch the training; the ledger keeps their bytes apart. */
export const watching: ReadonlySet<string> = new Set<MessageKind>(['evaluateAutoencoder']);

export type Messages = typeof messages;
export type RequestOf<K extends MessageKind> = RequestIn<Messages, K>;
export type ReplyOf<K extends MessageKind> = ReplyIn<Messages, K>;
export type Answers = AnswersTo<Messages>;

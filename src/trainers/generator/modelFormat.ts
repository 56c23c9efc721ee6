import { z } from 'zod';

/** Version of `model.json` that this product writes and reads. */
export const modelVersion = 2;

const float64s = z.array(z.number()).transform((numbers): Float64Array => Float64Array.from(numbers));
const int32s = z.array(z.int()).transform((numbers): Int32Array => Int32Array.from(numbers));
const list = <T extends z.ZodType>(element: T) => z.array(element).readonly();
const histogram = z.strictObject({ edges: float64s, counts: float64s });
const quantileTransform = z.strictObject({ scores: float64s, values: float64s });

const released = z.strictObject({
  stays: z.int(),
  histograms: list(histogram),
  decimals: list(z.int().nullable()),
  cellLevels: int32s,
  cellCounts: float64s,
  stepCounts: float64s,
  observedCounts: float64s,
  oneCounts: float64s,
});

/** Where the tensors of one model lie in `weights.bin`; `specs` as tfjs-core writes them. */
const weights = z.strictObject({
  offset: z.int().min(0),
  specs: list(z.strictObject({ name: z.string(), shape: list(z.int()), dtype: z.literal('float32') })),
});

const generator = z.strictObject({
  preprocessing: z.strictObject({
    hospitals: list(z.string()),
    transforms: list(quantileTransform.nullable()),
    pooled: list(histogram),
    innerEdges: list(float64s),
    released: z.record(z.string(), released),
    staysByParticipant: z.record(z.string(), z.int()),
  }),
  latentSpace: z.strictObject({
    mean: float64s,
    deviation: float64s,
    residualDeviation: float64s,
    residualMemory: float64s,
  }),
  calibration: z.record(
    z.string(),
    z.strictObject({
      maskShift: float64s,
      binaryShift: float64s,
      values: list(quantileTransform.nullable()),
    }),
  ),
  weights: z.strictObject({
    autoencoder: weights,
    tcvae: weights,
    /** Of hospitals that draw from a TCVAE of their own. */
    ownTcvae: z.record(z.string(), weights),
  }),
});

/** What a model folder says of its generator, apart from the numbers in `weights.bin`. */
export const modelContent = z.strictObject({
  trainer: z.strictObject({ id: z.string(), version: z.int() }),
  parameters: z.record(z.string(), z.unknown()),
  /** The differential privacy of the training, for readers; sampling does not depend on it. */
  privacy: z.unknown().optional(),
  /** As in `cohort.json`. */
  schema: z.unknown(),
  hospitals: list(z.string()),
  generators: z.array(generator).min(1).readonly(),
});

/** `model.json`: the content between what says how to read it and what shows that it is whole. */
export const modelEnvelope = z.strictObject({
  format: z.literal('fedehr-model'),
  version: z.literal(modelVersion),
  /** Checksums of the JSON text of `content` and of `weights.bin`. */
  sha256: z.strictObject({ content: z.string(), weights: z.string() }),
  content: z.unknown(),
});

export type ModelContent = z.output<typeof modelContent>;
export type StoredGenerator = ModelContent['generators'][number];
export type StoredWeights = StoredGenerator['weights']['tcvae'];

import { InputError } from '../cohort/inputError.js';
import type { ParameterLayout } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { batchNormSpecs } from './batchNorm.js';
import { linearSpecs } from './layers.js';
import type { QuantiserOptions } from './residualQuantiser.js';
import { doublingSpecs, halvingSpecs } from './stridedConvolution.js';

/** Sizes and options of the event autoencoder (RawMed stage 1). */
export interface EventAutoencoderOptions {
  /** Token ids, PAD 0 included. */
  readonly vocabulary: number;
  /** L, tokens of an event's text; a power of two times `positions`. */
  readonly length: number;
  /** Places of the latent that are quantised, each into `levels` codes. */
  readonly positions: number;
  /** Extent of embeddings, channels and codes. */
  readonly width: number;
  /** Weight of the commitment. */
  readonly commitment: number;
  readonly quantiser: Omit<QuantiserOptions, 'width'>;
}

/** The three streams of an event's text, in the order of their tables and heads. */
export const STREAMS = ['tokens', 'types', 'places'] as const;
export type Stream = (typeof STREAMS)[number];

/** Number of ids of each stream, PAD 0 included. */
const streamSizes = ({ vocabulary }: EventAutoencoderOptions): Record<Stream, number> => ({
  tokens: vocabulary,
  types: 7,
  places: 15,
});

export const quantiserOf = ({ quantiser, width }: EventAutoencoderOptions): QuantiserOptions => ({
  ...quantiser,
  width,
});

/** Codes of one event, position-major and then by level. */
export const codesPerEvent = ({ positions, quantiser }: EventAutoencoderOptions): number =>
  positions * quantiser.levels;

/**
 * Number of layers that halve the sequence.
 * @throws InputError when the length is not the positions times a power of two
 */
export function depthOf({ length, positions }: EventAutoencoderOptions): number {
  const depth = Math.log2(length / positions);
  if (!Number.isInteger(depth) || depth < 1) {
    throw new InputError({
      expected: 'a text length that is the latent positions times 2, 4, 8, …',
      found: `length ${length} and ${positions} positions`,
      remedy: 'Choose for example length 64 and 4 positions.',
    });
  }
  return depth;
}

/** Names of the normalised layers in the order data passes through them. */
export const normalisedLayers = (options: EventAutoencoderOptions): readonly string[] =>
  ['encoder', 'decoder'].flatMap((part) =>
    Array.from({ length: depthOf(options) }, (_, layer) => `${part}${layer}`),
  );

/** Length of the running statistics: mean and variance of every channel of every normalised layer. */
export const runningSize = (options: EventAutoencoderOptions): number =>
  normalisedLayers(options).length * 2 * options.width;

export function eventAutoencoderLayout(options: EventAutoencoderOptions): ParameterLayout {
  const { width } = options;
  const sizes = streamSizes(options);
  return layoutOf([
    ...STREAMS.map((stream) => ({
      name: `${stream}_table`,
      shape: [sizes[stream], width],
      initial: { fanIn: 1 },
    })),
    ...normalisedLayers(options).flatMap((name) => [
      ...(name.startsWith('encoder') ? halvingSpecs(name, width) : doublingSpecs(name, width)),
      ...batchNormSpecs(name, width),
    ]),
    ...STREAMS.flatMap((stream) => linearSpecs(`${stream}_head`, width, sizes[stream])),
  ]);
}

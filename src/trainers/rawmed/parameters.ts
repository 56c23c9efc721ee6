import { z } from 'zod';
import { SMALLEST_CELL } from '../../cohort/suppression.js';
import { presets } from './presets.js';

const width = z.int().min(1).max(4096);
const share = z.number().min(0).max(1);
const updates = z.int().min(1).max(1_000_000);
const batch = z.int().min(1).max(65_536);
const learningRate = z.number().positive();
const patience = z.int().min(1).max(10_000);
/** Share of the updates over which the learning rate grows from 0. */
const warmup = share.optional();
/** `cosine`: the learning rate falls to 0 along half a cosine; `constant` is published. */
const learningRateDecay = z.enum(['constant', 'cosine']).optional();

export const textSection = z.strictObject({
  /** Positions L of an event's text: `autoencoder.positions` times a power of two. */
  length: z.int().min(8).max(1024).optional(),
  /** Largest vocabulary. */
  vocabulary: z.int().min(32).max(65_536).optional(),
  /** What fewer patients have is neither in the vocabulary nor in the rules of verification; 1 keeps everything, as published. */
  smallestCell: z.int().min(1).max(1000).default(SMALLEST_CELL),
});

const autoencoder = z.strictObject({
  /** Extent of embeddings, channels and codes. */
  width: width.optional(),
  /** Places of the latent, each quantised into `levels` codes. */
  positions: z.int().min(1).max(64).optional(),
  /** K, codes of the codebook that all levels share. */
  codes: z.int().min(2).max(16_384).optional(),
  /** D, levels of the residual quantisation; 1 is plain vector quantisation. */
  levels: z.int().min(1).max(8).default(2),
  /** Decay of the codebook's moving averages, applied at every level of every update; 0.8 is published, for batches of 4096 events. */
  decay: share.optional(),
  /** Temperature of the stochastic choice of codes while training. */
  temperature: z.number().positive().default(0.1),
  /** `levels`: the gradient reaches the encoder D times, as in the published code; `sum`: once. */
  straightThrough: z.enum(['levels', 'sum']).default('levels'),
  /** Weight of the commitment. */
  commitment: z.number().min(0).default(1),
  /** Most updates. */
  updates: updates.optional(),
  /** Different events per update. */
  batch: batch.optional(),
  learningRate: learningRate.optional(),
  warmup,
  learningRateDecay,
  /** Validations in a row without a better accuracy that end the stage. */
  patience: patience.default(10),
  /** Updates between two validations; null: once through the events. */
  validateEvery: updates.nullable().optional(),
});

export const transformerSection = z.strictObject({
  width: width.optional(),
  layers: z.int().min(1).max(64).optional(),
  heads: z.int().min(1).max(64).optional(),
  /** Units of the feed-forward layers. */
  hidden: width.optional(),
  /** `post` is published; `pre` trains without warm-up. */
  norm: z.enum(['pre', 'post']).optional(),
  /** `sinusoidal` is published; `learned`: a vector for each position; `by-event`: one for the event's number and one for the slot in it. */
  positions: z.enum(['by-event', 'learned', 'sinusoidal']).optional(),
  dropout: z.number().min(0).lt(1).optional(),
  /** Most times through the stays. */
  epochs: z.int().min(1).max(100_000).optional(),
  /** Stays per update. */
  batch: batch.optional(),
  learningRate: learningRate.optional(),
  warmup,
  learningRateDecay,
  /** Validations (one an epoch) in a row without a better accuracy that end the stage. */
  patience: patience.default(10),
});

export const samplingSection = z.strictObject({
  /** Only the k likeliest ids can be drawn; null: all. */
  topK: z.int().min(1).max(65_536).nullable().optional(),
  temperature: z.number().positive().default(1),
  /** A time before the one in front of it ends the stay (`cut`), or the event takes the latest time so far (`running-max`). */
  order: z.enum(['cut', 'running-max']).default('cut'),
  /** Draw times that never fall instead of ending stays at the first that does (published); without effect with `time: in-text`. */
  orderedTimes: z.boolean().optional(),
  /** Stays that may be drawn for every one asked for, before sampling ends with fewer. */
  budget: z.number().min(1).max(1000).default(4),
  /**
   * How often the codes of an event that the verification refuses are drawn again in its place before the stay is rejected; 0
   * as published, where whole stays are drawn again. Long stays then pass as often as short ones.
   */
  redraws: z.int().min(0).max(1000).default(32),
  /** Stays that are drawn side by side. */
  rows: z.int().min(1).max(4096).default(64),
});

const options = z.strictObject({
  /** Presets of everything that is left out. */
  size: z.enum(['xs', 's', 'm', 'paper']).default('s'),
  /** Minutes from admission, both ends included; null: the whole grid of the dataset. */
  window: z.int().min(10).max(9999).nullable().default(null),
  /** Most events of a stay; null: the 95th percentile of the training stays, as published. Never more than that. */
  maxEvents: z.int().min(6).max(2048).nullable().optional(),
  /** Time of an event: decimal digits before its codes (published), one token for every bin, or words of its text (ablations). */
  time: z.enum(['digits', 'single', 'in-text']).default('digits'),
  /** `stay-event`, an extension of this project: a first event of its own table says statics and labels; `none` leaves them unknown. */
  statics: z.enum(['none', 'stay-event']).default('stay-event'),
  /** Share of the training patients that only watch, to end both stages early. */
  validationShare: z.number().gt(0).max(0.5).default(0.1),
  text: textSection.prefault({}),
  autoencoder: autoencoder.prefault({}),
  transformer: transformerSection.prefault({}),
  sampling: samplingSection.prefault({}),
});

/** A section of which nothing is left open. */
export type Filled<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type Options = z.output<typeof options>;

/** All parameters of RawMed, none left open. */
export type RawmedParameters = Omit<Filled<Options>, 'text' | 'autoencoder' | 'transformer' | 'sampling'> & {
  readonly text: Filled<Options['text']>;
  readonly autoencoder: Filled<Options['autoencoder']>;
  readonly transformer: Filled<Options['transformer']>;
  readonly sampling: Filled<Options['sampling']>;
};

/** The section with what its preset says in the place of everything left out. */
export function filled<S extends object>(preset: Partial<Filled<S>>, section: S): Filled<S> {
  const said = Object.entries(section).filter(([, value]) => value !== undefined);
  return { ...preset, ...Object.fromEntries(said) } as Filled<S>;
}

/** Parameters of the trainer `rawmed`; the presets are those of configurations XS, S and M of this project, and of the paper. */
export const rawmedParameters = options.transform((chosen): RawmedParameters => {
  const preset = presets[chosen.size];
  return {
    ...chosen,
    maxEvents: chosen.maxEvents === undefined ? preset.maxEvents : chosen.maxEvents,
    text: filled(preset.text, chosen.text),
    autoencoder: filled(preset.autoencoder, chosen.autoencoder),
    transformer: filled(preset.transformer, chosen.transformer),
    sampling: filled(preset.sampling, chosen.sampling),
  };
});

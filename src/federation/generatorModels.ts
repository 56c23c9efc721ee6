import type { Arrays, OptimiserState, ParameterLayout, TrainingStep } from '../engine/contract.js';
import type { LocalTerm } from './aggregation/contract.js';
import type { DenseChain } from './aggregation/denseChain.js';
import type { HistoryLayout } from './preprocessing/history.js';
import type { EncodedStays } from './preprocessing/encodedStays.js';

/** What the decoder says about rows; binary and mask columns as log odds. */
export interface DecodedRows {
  /** [rows × binaryWidth] */
  readonly binary: Float32Array;
  /** [rows × continuous], normal scores */
  readonly continuous: Float32Array;
  /** [rows × continuous] */
  readonly mask: Float32Array;
}

/** Units of the autoencoder's inner layers. */
export interface AutoencoderWidths {
  readonly hidden: number;
  readonly latents: number;
  readonly decoderHidden: number;
}

/** The stage-one model made ready to run on one dataset. */
/** Rows for the encoder: stays as they are encoded, or as they are being drawn. */
export type RowsToEncode = Pick<EncodedStays, 'continuous' | 'rows'> &
  Readonly<Record<'binary' | 'mask', Float32Array | Uint8Array>>;

export interface AutoencoderModel {
  readonly layout: ParameterLayout;
  /** Its dense layers in order, for matching. */
  readonly chain: DenseChain;
  /** Rows of one training batch. */
  readonly batch: number;
  readonly widths: AutoencoderWidths;
  readonly latents: number;
  /** True when training takes noise on the latents. */
  readonly noisy: boolean;
  readonly training: TrainingStep;
  /** What the aggregation rule added to training; proximal term and control variates are compiled into it. */
  readonly local: LocalTerm;
  /** Latents [rows × latents]. */
  encode(parameters: Float32Array, rows: RowsToEncode): Promise<Float32Array>;
  decode(parameters: Float32Array, latents: Float32Array): Promise<DecodedRows>;
  /** Mean loss over rows, without noise on the latents. */
  loss(
    parameters: Float32Array,
    rows: Pick<EncodedStays, 'binary' | 'continuous' | 'mask' | 'cellWeight' | 'rows'>,
  ): Promise<number>;
}

/** The stage-two model that draws latents, made ready to run on one dataset. */
export interface TcvaeModel {
  readonly output: 'latent';
  readonly layout: ParameterLayout;
  /** Stays of one training batch. */
  readonly batch: number;
  readonly steps: number;
  readonly latents: number;
  /** Extent of the code z. */
  readonly codes: number;
  /** Codes of a stay: one a step, or 1 for the whole stay. */
  readonly codesPerStay: number;
  /** Standard deviation of the noise added to standardised latents while training; 0 = none. */
  readonly noise: number;
  /** Share of every batch drawn from stays with a positive label; 0 = none. */
  readonly positiveShare: number;
  readonly training: TrainingStep;
  /** What the aggregation rule added to training; proximal term and control variates are compiled into it. */
  readonly local: LocalTerm;
  /** Means of the posterior [codesPerStay × batch × codes] and mean divergence [codesPerStay], in nats, for one training batch. */
  diagnose(
    parameters: Float32Array,
    batch: Arrays,
  ): Promise<{ readonly posteriorMean: Float32Array; readonly divergence: Float32Array }>;
  /** Latents [stays × steps × latents] drawn from the prior under conditions [stays × width]; `normal` and `uniform` fill noise. */
  sample(
    parameters: Float32Array,
    conditions: Float32Array,
    noise: { normal(target: Float32Array): void; uniform(target: Float32Array): void },
    /** Temperatures: factors on the standard deviations of prior and decoder. */
    scales: { readonly prior: number; readonly decoder: number },
  ): Promise<Float32Array>;
}

/** Values of one step as K Gaussians each, see `observationValues`. All [rows × K × continuous]. */
export interface DrawnHeads {
  readonly mean: Float32Array;
  readonly gate: Float32Array;
  readonly pull: Float32Array;
  readonly logVariance: Float32Array;
  readonly logits: Float32Array;
}

/** @param into outputs of a call with as many rows, which are overwritten; they may be inputs of this one */
type DrawingStep = (
  rows: number,
  parameters: Float32Array,
  inputs: Arrays,
  into?: Arrays,
) => Promise<Record<string, Float32Array>>;

/** The stage-two model that draws observations, made ready to run on one dataset. */
export interface ObservationModel {
  readonly output: 'observations';
  readonly layout: ParameterLayout;
  readonly batch: number;
  readonly steps: number;
  readonly history: HistoryLayout;
  readonly bits: number;
  readonly codes: number;
  readonly mixtures: number;
  readonly positiveShare: number;
  readonly training: TrainingStep;
  /** What the aggregation rule added to training; proximal term and control variates are compiled into it. */
  readonly local: LocalTerm;
  /**
   * Means of the posterior [steps × batch × codes] and mean divergence [steps], in nats, of a batch of the latest series under
   * the parameters before its update. The means are overwritten by the next series.
   *
   * @param stepMask that batch's
   * @param at its place in the series
   */
  diagnosis(
    stepMask: Float32Array,
    at: number,
  ): {
    readonly posteriorMean: Float32Array;
    readonly divergence: Float32Array;
  };
  /** The steps that draw any number of rows, see `models/observationSteps`; inputs and outputs are [rows × …]. */
  readonly start: DrawingStep;
  readonly prior: (
    rows: number,
    parameters: Float32Array,
    scale: number,
    inputs: Arrays,
    into?: Arrays,
  ) => Promise<Record<string, Float32Array>>;
  readonly values: DrawingStep;
  readonly state: DrawingStep;
}

export interface GeneratorModels {
  readonly autoencoder: AutoencoderModel;
  readonly tcvae: TcvaeModel | ObservationModel;
  /** The autoencoder with other widths, its parameters freezable one by one; made when first asked for, and kept. */
  autoencoderAt(widths: AutoencoderWidths): Promise<AutoencoderModel>;
  /** The stage-two model where there are so many latents; made when first asked for, and kept. */
  tcvaeAt(latents: number): Promise<TcvaeModel | ObservationModel>;
  dispose(): Promise<void>;
}

/** A state with fresh moments. */
export const freshState = (parameters: Float32Array): OptimiserState => ({
  parameters,
  firstMoment: new Float32Array(parameters.length),
  secondMoment: new Float32Array(parameters.length),
  updates: 0,
});

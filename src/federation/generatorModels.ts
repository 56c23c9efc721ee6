import type { OptimiserState, ParameterLayout, TrainingStep } from '../engine/contract.js';
import type { DenseChain } from './aggregation/matchedHungarian.js';

/** The stage-one model made ready to run; widths are those of one dataset. */
export interface AutoencoderModel {
  readonly layout: ParameterLayout;
  /** Its dense layers in order, for matching. */
  readonly chain: DenseChain;
  /** Rows of one training batch. */
  readonly batch: number;
  readonly latents: number;
  /** Standard deviation of the noise on latents while training, in units of the latents' own; 0 = none. */
  readonly noise: number;
  /** One update on a batch: values, weights [batch × channels], masks [batch × features], rows [batch], noise [batch × latents]. */
  readonly training: TrainingStep;
  /** Latents [rows × latents] of any number of rows. */
  encode(parameters: Float32Array, values: Float32Array, masks: Float32Array): Promise<Float32Array>;
  /** [rows × (channels + features)]: means and logits of the channels, then mask logits. */
  decode(parameters: Float32Array, latents: Float32Array): Promise<Float32Array>;
}

/** The stage-two model made ready to run. */
export interface TcvaeModel {
  readonly layout: ParameterLayout;
  /** Stays of one training batch. */
  readonly batch: number;
  readonly steps: number;
  readonly latents: number;
  readonly z: number;
  /** Noise added to latents while training, in units of the standardised latents; 0 = none. */
  readonly noise: number;
  /** One update on a batch: latents [steps × batch × latents], condition [batch × width], inside [steps × batch], noise [steps × batch × z], beta []. */
  readonly training: TrainingStep;
  /** Latents [stays × steps × latents] drawn from the prior under conditions [stays × width], with normal and uniform noise of `draw`. */
  sample(
    parameters: Float32Array,
    conditions: Float32Array,
    draw: { normal(target: Float32Array): void; gumbel(target: Float32Array): void },
  ): Promise<Float32Array>;
}

export interface GeneratorModels {
  readonly autoencoder: AutoencoderModel;
  readonly tcvae: TcvaeModel;
}

/** A state with fresh moments. */
export const freshState = (parameters: Float32Array): OptimiserState => ({
  parameters,
  firstMoment: new Float32Array(parameters.length),
  secondMoment: new Float32Array(parameters.length),
  updates: 0,
});

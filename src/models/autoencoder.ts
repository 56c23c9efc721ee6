import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type {
  AdamOptions,
  ParameterLayout,
  Shape,
  Step,
  Tensors,
  TrainingDefinition,
} from '../engine/contract.js';
import { layoutOf, namedTensors } from '../engine/parameters.js';
import { bernoulliCrossEntropy, hiddenLayer, linear, linearSpecs } from './layers.js';

/** Sizes and options of the autoencoder of one time step (reconstruction, stage 1). */
export interface AutoencoderOptions {
  /** Binary features, e.g. drugs active in the window. */
  readonly binary: number;
  /** Continuous features; each also has a mask, which is input and output. */
  readonly continuous: number;
  /** Units of the one hidden layer of the encoder, and of the decoder where nothing else is said. */
  readonly hidden: number;
  /** Units of the decoder's hidden layer where it is not as wide as the encoder's. */
  readonly decoderHidden?: number;
  /** Extent d of the latent. */
  readonly latents: number;
  /**
   * What ends the encoder. `linear` leaves the latent free up to any invertible map, `relu` up to permutation and
   * positive scale, `tanh` up to permutation and sign.
   */
  readonly latentActivation: 'linear' | 'relu' | 'tanh';
  /** λ_c, weight of the squared error of continuous values. */
  readonly continuousWeight: number;
  /** λ_m, weight of the cross-entropy of the masks. */
  readonly maskWeight: number;
  /** λ_z, weight of the squared latent. */
  readonly latentPenalty: number;
  /** Noise on the latents while training, in units of `latentScale`; 0 leaves the noise inputs out. */
  readonly latentNoise: number;
  /** Adds the input `positiveWeight` [binary]: ω_j on the cross-entropy of positives. */
  readonly weightPositives: boolean;
}

export const AUTOENCODER_DEFAULTS: Omit<AutoencoderOptions, 'binary' | 'continuous'> = {
  hidden: 128,
  latents: 32,
  latentActivation: 'linear',
  continuousWeight: 1,
  maskWeight: 1,
  latentPenalty: 1e-4,
  latentNoise: 0,
  weightPositives: false,
};

/** Columns of the input and of the decoder's output: binary, continuous, masks. */
const autoencoderWidth = ({ binary, continuous }: AutoencoderOptions): number => binary + 2 * continuous;

export interface Layer {
  readonly weight: string;
  readonly bias: string;
}

/**
 * The layers in the order data passes through them. The outputs of each layer but the last are the inputs of the next,
 * so a permutation of one layer's outputs undoes itself in the next layer's rows ([inputs, outputs] matrices). Layer 1
 * makes the latent.
 */
export const AUTOENCODER_LAYERS: readonly Layer[] = ['enc1', 'enc2', 'dec1', 'dec2'].map((name) => ({
  weight: `${name}_w`,
  bias: `${name}_b`,
}));

/** Index in AUTOENCODER_LAYERS of the layer whose outputs are the latent. */
export const LATENT_LAYER = 1;

export function autoencoderLayout(options: AutoencoderOptions): ParameterLayout {
  const width = autoencoderWidth(options);
  return layoutOf([
    ...linearSpecs('enc1', width, options.hidden),
    ...linearSpecs('enc2', options.hidden, options.latents),
    ...linearSpecs('dec1', options.latents, options.decoderHidden ?? options.hidden),
    ...linearSpecs('dec2', options.decoderHidden ?? options.hidden, width),
  ]);
}

function encode(options: AutoencoderOptions, parameters: Tensors, input: Tensor): Tensor {
  const latent = linear(parameters, 'enc2', hiddenLayer(parameters, 'enc1', input));
  switch (options.latentActivation) {
    case 'linear':
      return latent;
    case 'relu':
      return tf.relu(latent);
    case 'tanh':
      return tf.tanh(latent);
  }
}

interface Heads {
  /** Logits of the binary features. */
  readonly binary: Tensor;
  /** Means of the continuous features. */
  readonly continuous: Tensor;
  /** Logits of the masks. */
  readonly mask: Tensor;
}

function decode(options: AutoencoderOptions, parameters: Tensors, latent: Tensor): Heads {
  const { binary, continuous } = options;
  const outputs = linear(parameters, 'dec2', hiddenLayer(parameters, 'dec1', latent));
  const [logits, means, masks] = tf.split(outputs, [binary, continuous, continuous], 1);
  return { binary: logits!, continuous: means!, mask: masks! };
}

/** Inputs of one training batch of `rows` time steps; rows beyond the data carry `rowWeight` 0. */
function autoencoderBatch(options: AutoencoderOptions, rows: number): Readonly<Record<string, Shape>> {
  return {
    binary: [rows, options.binary],
    // Standardised values, carried forward where not observed, 0 where never seen.
    continuous: [rows, options.continuous],
    mask: [rows, options.continuous],
    // Weight of each squared error: 1 observed, a fraction where carried forward, 0 where never seen.
    cellWeight: [rows, options.continuous],
    rowWeight: [rows],
    ...(options.latentNoise > 0 ? { noise: [rows, options.latents], latentScale: [options.latents] } : {}),
    ...(options.weightPositives ? { positiveWeight: [options.binary] } : {}),
  };
}

/** Σ_rows w·x / Σ_rows w. */
const weightedMean = (perRow: Tensor, rowWeight: Tensor): Tensor =>
  tf.div(tf.sum(tf.mul(perRow, rowWeight)), tf.maximum(tf.sum(rowWeight), 1e-12));

/**
 * Loss L_AE of the reconstruction: per row the cross-entropy of binary features and masks, the squared error of
 * continuous values weighted by cell, and a small penalty on the latent; weighted mean over rows. Monitors: its parts.
 */
function autoencoderLoss(
  options: AutoencoderOptions,
): (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor } {
  return (parameters, batch) => {
    const binary = batch['binary']!;
    const continuous = batch['continuous']!;
    const mask = batch['mask']!;
    const rowWeight = batch['rowWeight']!;
    const latent = encode(options, parameters, tf.concat([binary, continuous, mask], 1));
    const disturbed =
      options.latentNoise > 0
        ? tf.add(latent, tf.mul(batch['noise']!, tf.mul(options.latentNoise, batch['latentScale']!)))
        : latent;
    const heads = decode(options, parameters, disturbed);
    const mean = (perRow: Tensor): Tensor => weightedMean(perRow, rowWeight);
    const binaryLoss = mean(
      bernoulliCrossEntropy(
        heads.binary,
        binary,
        options.weightPositives ? batch['positiveWeight'] : undefined,
      ),
    );
    const continuousLoss = mean(
      tf.sum(tf.mul(batch['cellWeight']!, tf.square(tf.sub(continuous, heads.continuous))), 1),
    );
    const maskLoss = mean(bernoulliCrossEntropy(heads.mask, mask));
    const latentLoss = mean(tf.sum(tf.square(latent), 1));
    const loss = tf.add(
      tf.add(binaryLoss, tf.mul(options.continuousWeight, continuousLoss)),
      tf.add(tf.mul(options.maskWeight, maskLoss), tf.mul(options.latentPenalty, latentLoss)),
    );
    return { loss, binaryLoss, continuousLoss, maskLoss, latentSquare: latentLoss };
  };
}

/** What `compileTraining` needs to train the autoencoder on batches of `rows` time steps. */
export const autoencoderTraining = (
  options: AutoencoderOptions,
  rows: number,
  adam: AdamOptions = {},
): TrainingDefinition => ({
  layout: autoencoderLayout(options),
  batch: autoencoderBatch(options, rows),
  loss: autoencoderLoss(options),
  adam,
});

/** A step to compile, with the shapes of its inputs. */
export interface StepDefinition {
  readonly step: Step;
  readonly inputs: Readonly<Record<string, Shape>>;
}

/** `parameters` [P] and a batch's `binary`, `continuous`, `mask` → `latent` [rows, d]. */
export function autoencoderEncoder(options: AutoencoderOptions, rows: number): StepDefinition {
  const layout = autoencoderLayout(options);
  return {
    inputs: {
      parameters: [layout.size],
      binary: [rows, options.binary],
      continuous: [rows, options.continuous],
      mask: [rows, options.continuous],
    },
    step: (inputs) => {
      const input = tf.concat([inputs['binary']!, inputs['continuous']!, inputs['mask']!], 1);
      return { latent: encode(options, namedTensors(layout, inputs['parameters']!), input) };
    },
  };
}

/**
 * `parameters` [P] and a batch without noise → `loss` [rows]: the batch's mean loss at every row with weight 1, 0 at others.
 */
export function autoencoderEvaluation(options: AutoencoderOptions, rows: number): StepDefinition {
  const still = { ...options, latentNoise: 0, weightPositives: false };
  const layout = autoencoderLayout(still);
  const loss = autoencoderLoss(still);
  return {
    inputs: { parameters: [layout.size], ...autoencoderBatch(still, rows) },
    step: (inputs) => ({
      loss: tf.mul(inputs['rowWeight']!, loss(namedTensors(layout, inputs['parameters']!), inputs).loss),
    }),
  };
}

/**
 * `parameters` [P] and `latent` [rows, d] → `binary` probabilities [rows, binary], `continuous` means and `mask`
 * probabilities [rows, continuous].
 */
export function autoencoderDecoder(options: AutoencoderOptions, rows: number): StepDefinition {
  const layout = autoencoderLayout(options);
  return {
    inputs: { parameters: [layout.size], latent: [rows, options.latents] },
    step: (inputs) => {
      const heads = decode(options, namedTensors(layout, inputs['parameters']!), inputs['latent']!);
      return {
        binary: tf.sigmoid(heads.binary),
        continuous: heads.continuous,
        mask: tf.sigmoid(heads.mask),
      };
    },
  };
}

import { compileStep } from '../../engine/compile.js';
import type { AdamOptions, CompiledStep, EngineOptions } from '../../engine/contract.js';
import { compileTraining } from '../../engine/training.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';
import type { DenseChain } from '../../federation/aggregation/denseChain.js';
import type { AutoencoderModel, DecodedRows } from '../../federation/generatorModels.js';
import { binaryWidth, type FeatureColumns } from '../../federation/preprocessing/channels.js';
import {
  AUTOENCODER_DEFAULTS,
  AUTOENCODER_LAYERS,
  LATENT_LAYER,
  autoencoderDecoder,
  autoencoderEncoder,
  autoencoderEvaluation,
  autoencoderLayout,
  autoencoderTraining,
  type AutoencoderOptions,
} from '../../models/autoencoder.js';
import { adamTerms } from './adamTerms.js';
import type { GeneratorParameters } from './parameters.js';
import { inChunks } from './rowChunks.js';

/** Rows that are encoded or decoded at once. */
const chunk = 2048;

/** Log odds of probabilities that float32 may have rounded to 0 or 1. */
function logOddsInPlace(probabilities: Float32Array): Float32Array {
  for (let at = 0; at < probabilities.length; at++) {
    const inside = Math.min(Math.max(probabilities[at]!, 1e-7), 1 - 1e-7);
    probabilities[at] = Math.log(inside / (1 - inside));
  }
  return probabilities;
}

type AutoencoderParameters = GeneratorParameters['autoencoder'] & { readonly decoderHidden?: number };

function autoencoderOptions(columns: FeatureColumns, parameters: AutoencoderParameters): AutoencoderOptions {
  return {
    ...AUTOENCODER_DEFAULTS,
    binary: binaryWidth(columns),
    continuous: columns.continuous.length,
    hidden: parameters.hidden,
    decoderHidden: parameters.decoderHidden ?? parameters.hidden,
    latents: parameters.latents,
    latentActivation: parameters.latentActivation,
    latentPenalty: parameters.latentPenalty,
    latentNoise: parameters.noise,
  };
}

/** The dense layers of the autoencoder for the columns of one dataset. */
export function autoencoderChain(columns: FeatureColumns, parameters: AutoencoderParameters): DenseChain {
  const layout = autoencoderLayout(autoencoderOptions(columns, parameters));
  return { layout, layers: AUTOENCODER_LAYERS, encoderLayers: LATENT_LAYER + 1 };
}

/** Compiles training, encoder and decoder of the autoencoder for the columns of one dataset. */
export async function compileAutoencoder(
  columns: FeatureColumns,
  parameters: AutoencoderParameters,
  local: LocalTerm,
  engine: EngineOptions,
  optimiser: Pick<AdamOptions, 'freezable'> = {},
): Promise<AutoencoderModel & { dispose(): Promise<void> }> {
  const options = autoencoderOptions(columns, parameters);
  const chain = autoencoderChain(columns, parameters);
  const training = await compileTraining(
    autoencoderTraining(options, parameters.batch, { ...adamTerms(local), ...optimiser }),
    engine,
  );
  const encoderStep = autoencoderEncoder(options, chunk);
  const decoderStep = autoencoderDecoder(options, chunk);
  const encoder = await compileStep(encoderStep.step, encoderStep.inputs, engine);
  const decoder = await compileStep(decoderStep.step, decoderStep.inputs, engine);
  // Most trainings never ask for it.
  let evaluation: Promise<CompiledStep> | null = null;
  return {
    layout: chain.layout,
    chain,
    batch: parameters.batch,
    widths: {
      hidden: options.hidden,
      latents: options.latents,
      decoderHidden: options.decoderHidden ?? options.hidden,
    },
    latents: options.latents,
    noisy: options.latentNoise > 0,
    training,
    local,
    async encode(flat, { rows, binary, continuous, mask }) {
      const { latent } = await inChunks(
        encoder,
        chunk,
        rows,
        { binary, continuous, mask },
        { parameters: flat },
      );
      return latent!;
    },
    async decode(flat, latents): Promise<DecodedRows> {
      const { binary, continuous, mask } = await inChunks(
        decoder,
        chunk,
        latents.length / options.latents,
        { latent: latents },
        { parameters: flat },
      );
      return { binary: logOddsInPlace(binary!), continuous: continuous!, mask: logOddsInPlace(mask!) };
    },
    async loss(flat, { rows, binary, continuous, mask, cellWeight }) {
      const { step, inputs } = autoencoderEvaluation(options, chunk);
      evaluation ??= compileStep(step, inputs, engine);
      const { loss } = await inChunks(
        await evaluation,
        chunk,
        rows,
        { binary, continuous, mask, cellWeight, rowWeight: new Float32Array(rows).fill(1) },
        { parameters: flat },
      );
      return loss!.reduce((sum, value) => sum + value, 0) / rows;
    },
    async dispose() {
      await Promise.all([
        training.dispose(),
        encoder.dispose(),
        decoder.dispose(),
        (await evaluation)?.dispose(),
      ]);
    },
  };
}

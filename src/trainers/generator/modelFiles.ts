import type { ParameterLayout } from '../../engine/contract.js';
import { encodeParameters } from '../../engine/weights.js';
import type { PrivacyStatement } from '../../federation/aggregation/privacyStatement.js';
import type { ModelFiles } from '../contract.js';
import type { TrainedParts } from './trainedParts.js';

/** Typed arrays as plain lists. */
const plain = (_: string, value: unknown): unknown =>
  value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array
    ? Array.from(value)
    : value;

/**
 * The files of a trained generator: `model.json` (configuration, differential privacy where a rule gives some, what the hospitals released, transforms, latent moments,
 * calibration, layout of the weights) and `weights.bin` (tfjs-core's weight encoding, autoencoder before TCVAE).
 */
export async function modelFiles(
  trainer: { readonly id: string; readonly version: number },
  parameters: Readonly<Record<string, unknown>>,
  parts: TrainedParts,
  privacy: PrivacyStatement | null,
  layouts: { readonly autoencoder: ParameterLayout; readonly tcvae: ParameterLayout },
): Promise<ModelFiles> {
  const autoencoder = await encodeParameters(layouts.autoencoder, parts.autoencoder);
  const tcvae = await encodeParameters(layouts.tcvae, parts.tcvae);
  const weights = new Uint8Array(autoencoder.data.length + tcvae.data.length);
  weights.set(autoencoder.data);
  weights.set(tcvae.data, autoencoder.data.length);
  const description = {
    format: 'fedehr-model',
    version: 1,
    trainer: trainer.id,
    trainerVersion: trainer.version,
    parameters,
    ...(privacy === null ? {} : { privacy }),
    schema: parts.schema,
    preprocessing: parts.preprocessing,
    latentSpace: parts.latentSpace,
    calibration: parts.calibration,
    weights: {
      autoencoder: { offset: 0, specs: autoencoder.specs },
      tcvae: { offset: autoencoder.data.length, specs: tcvae.specs },
    },
  };
  return {
    'model.json': new TextEncoder().encode(JSON.stringify(description, plain)),
    'weights.bin': weights,
  };
}

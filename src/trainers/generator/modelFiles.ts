import { createHash } from 'node:crypto';
import { formatCohortFile } from '../../cohort/cohortFile.js';
import type { ParameterLayout } from '../../engine/contract.js';
import { encodeParameters } from '../../engine/weights.js';
import type { PrivacyStatement } from '../../federation/aggregation/privacyStatement.js';
import type { ModelFiles } from '../contract.js';
import { modelVersion, type ModelContent, type StoredGenerator, type StoredWeights } from './modelFormat.js';
import type { TrainedModel, TrainedParts } from './trainedParts.js';

/** Typed arrays as plain lists. */
const plain = (_: string, value: unknown): unknown =>
  value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array
    ? Array.from(value)
    : value;

export const sha256Of = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Collects the tensors of several models in one array of bytes. */
export class WeightBytes {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  async add(layout: ParameterLayout, parameters: Float32Array): Promise<StoredWeights> {
    const { data, specs } = await encodeParameters(layout, parameters);
    const offset = this.#length;
    this.#pieces.push(data);
    this.#length += data.length;
    return {
      offset,
      specs: specs.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
    };
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces, this.#length));
  }
}

/**
 * The files of a trained generator: `model.json` (configuration, differential privacy where a rule gives some, what the hospitals
 * released, transforms, latent moments, calibration, layout of the weights, checksums) and `weights.bin` (tfjs-core's weight encoding, autoencoder before TCVAE).
 */
export async function modelFiles(
  model: TrainedModel,
  privacy: PrivacyStatement | null,
  layouts: { readonly autoencoder: ParameterLayout; readonly tcvae: ParameterLayout },
): Promise<ModelFiles> {
  const tensors = new WeightBytes();
  const stored = async (parts: TrainedParts): Promise<StoredGenerator> => {
    const { hospitals, transforms, pooled, innerEdges, released, staysByParticipant } = parts.preprocessing;
    const { mean, deviation, residualDeviation, residualMemory } = parts.latentSpace;
    const ownTcvae: Record<string, StoredWeights> = {};
    const weights = {
      autoencoder: await tensors.add(layouts.autoencoder, parts.autoencoder),
      tcvae: await tensors.add(layouts.tcvae, parts.tcvae),
      ownTcvae,
    };
    for (const [hospital, own] of Object.entries(parts.ownTcvae))
      ownTcvae[hospital] = await tensors.add(layouts.tcvae, own);
    return {
      preprocessing: { hospitals, transforms, pooled, innerEdges, released, staysByParticipant },
      latentSpace: { mean, deviation, residualDeviation, residualMemory },
      calibration: parts.calibration,
      weights,
    };
  };
  const generators: StoredGenerator[] = [];
  for (const parts of model.generators) generators.push(await stored(parts));
  const content: ModelContent = {
    trainer: model.trainer,
    parameters: model.parameters,
    ...(privacy === null ? {} : { privacy }),
    schema: JSON.parse(formatCohortFile({ schema: model.schema, files: {} })) as unknown,
    hospitals: model.hospitals,
    generators,
  };
  const text = JSON.stringify(content, plain);
  const weights = tensors.bytes();
  const sha256 = { content: sha256Of(text), weights: sha256Of(weights) };
  return {
    'model.json': new TextEncoder().encode(
      `{"format":"fedehr-model","version":${modelVersion},"sha256":${JSON.stringify(sha256)},"content":${text}}\n`,
    ),
    'weights.bin': weights,
  };
}

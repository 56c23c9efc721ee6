import path from 'node:path';
import { parseCohortFile } from '../../cohort/cohortFile.js';
import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import type { CohortSchema } from '../../cohort/types.js';
import type { ParameterLayout } from '../../engine/contract.js';
import { decodeParameters } from '../../engine/weights.js';
import type { AutoencoderWidths } from '../../federation/generatorModels.js';
import { histogramVariables } from '../../federation/preprocessing/variables.js';
import type { ModelFiles } from '../contract.js';
import { sha256Of } from './modelFiles.js';
import {
  modelContent,
  modelEnvelope,
  modelVersion,
  type ModelContent,
  type StoredGenerator,
  type StoredWeights,
} from './modelFormat.js';
import { samplingParameters } from './parameters.js';
import type { TrainedModel, TrainedParts } from './trainedParts.js';

/** What `model.json` says, and the bytes of `weights.bin`; checksums agree. */
export interface StoredModel extends Omit<TrainedModel, 'generators'> {
  readonly generators: ModelContent['generators'];
  readonly weights: Uint8Array;
}

/** A version of the format that another release of the product wrote. */
function requireVersion(document: unknown, file: string): void {
  if (typeof document !== 'object' || document === null || !('version' in document)) return;
  const { version } = document;
  if (typeof version !== 'number' || version === modelVersion) return;
  throw new InputError({
    file,
    place: 'version',
    expected: `format version ${modelVersion}`,
    found: `version ${version}`,
    remedy:
      version > modelVersion
        ? 'Update fedehr-bench: a newer release wrote this model.'
        : 'Train the generator again: this release does not read models of that age.',
  });
}

/**
 * Reads the files of a model folder.
 *
 * @param folder what messages call the folder
 * @throws InputError when it is no model, of another version of the format, or its checksums do not agree
 */
export function readModel(files: ModelFiles, folder: string): StoredModel {
  const file = path.join(folder, 'model.json');
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(files['model.json']));
  } catch {
    throw new InputError({
      file,
      expected: 'the JSON that training writes',
      found: 'other bytes',
      remedy: 'Copy the model folder again, or train the generator again.',
    });
  }
  requireVersion(document, file);
  const envelope = modelEnvelope.safeParse(document);
  if (!envelope.success) throw documentFault(envelope.error, modelEnvelope, document, file);
  const { sha256, content } = envelope.data;
  const weights = files['weights.bin'] ?? new Uint8Array();
  for (const [name, expected, found] of [
    ['model.json', sha256.content, sha256Of(JSON.stringify(content))],
    ['weights.bin', sha256.weights, sha256Of(weights)],
  ] as const)
    if (expected !== found)
      throw new InputError({
        file: path.join(folder, name),
        expected: 'the sha256 that the training recorded',
        found: 'other bytes: the file was changed or damaged',
        remedy: 'Copy the model folder again, or train the generator again.',
      });
  const parsed = modelContent.safeParse(content);
  if (!parsed.success) throw documentFault(parsed.error, modelContent, content, file);
  const parameters = samplingParameters.safeParse(parsed.data.parameters);
  if (!parameters.success)
    throw documentFault(parameters.error, samplingParameters, parsed.data.parameters, file);
  const { trainer, hospitals, generators } = parsed.data;
  const { schema } = parseCohortFile(JSON.stringify(parsed.data.schema), file);
  return { trainer, parameters: parameters.data, schema, hospitals, generators, weights };
}

/** Widths of the autoencoder as its stored tensors have them; FedMA's may be wider than the parameters say. */
export function storedWidths({ weights }: StoredGenerator): AutoencoderWidths {
  const outputs = (name: string): number => {
    const spec = weights.autoencoder.specs.find((one) => one.name === name);
    if (spec === undefined)
      throw new InputError({
        file: 'model.json',
        place: 'weights.autoencoder',
        expected: `a tensor ${name}`,
        found: 'none',
        remedy: 'Train the generator again.',
      });
    return spec.shape.at(-1)!;
  };
  return { hidden: outputs('enc1_b'), latents: outputs('enc2_b'), decoderHidden: outputs('dec1_b') };
}

async function partsOf(
  { preprocessing, latentSpace, calibration, weights }: StoredGenerator,
  schema: CohortSchema,
  read: (layout: ParameterLayout, stored: StoredWeights) => Promise<Float32Array>,
  layouts: { readonly autoencoder: ParameterLayout; readonly tcvae: ParameterLayout },
): Promise<TrainedParts> {
  const ownTcvae: Record<string, Float32Array> = {};
  for (const [hospital, own] of Object.entries(weights.ownTcvae))
    ownTcvae[hospital] = await read(layouts.tcvae, own);
  return {
    schema,
    preprocessing: { ...preprocessing, variables: histogramVariables(schema) },
    latentSpace,
    calibration,
    autoencoder: await read(layouts.autoencoder, weights.autoencoder),
    tcvae: await read(layouts.tcvae, weights.tcvae),
    ownTcvae,
  };
}

/** The model with its weights as the layouts of the compiled models want them. */
export async function withWeights(
  { generators, weights, ...model }: StoredModel,
  layouts: { readonly autoencoder: ParameterLayout; readonly tcvae: ParameterLayout },
): Promise<TrainedModel> {
  const read = (layout: ParameterLayout, { offset, specs }: StoredWeights): Promise<Float32Array> =>
    decodeParameters(layout, {
      specs: specs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
      data: weights.subarray(offset, offset + 4 * layout.size),
    });
  const parts: TrainedParts[] = [];
  for (const stored of generators) parts.push(await partsOf(stored, model.schema, read, layouts));
  return { ...model, generators: parts };
}

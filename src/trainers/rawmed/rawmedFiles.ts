import type { ParameterLayout } from '../../engine/contract.js';
import { layoutOf } from '../../engine/parameters.js';
import { eventAutoencoderLayout, runningSize } from '../../models/eventAutoencoderOptions.js';
import { eventTransformerLayout } from '../../models/eventTransformerOptions.js';
import type { ModelFiles } from '../contract.js';
import { WeightBytes } from '../generator/modelFiles.js';
import {
  parseCohortContent,
  plainContent,
  sealedFiles,
  unsealedFiles,
  weightParts,
} from './eventModelFiles.js';
import type { RawmedModelOptions } from './modelOptions.js';
import { rawmedParameters } from './parameters.js';
import { openedText, type RawmedModel } from './rawmedModel.js';

/** What `format` says in `model.json` of a RawMed. */
export const rawmedFormat = 'fedehr-rawmed-model';
const form = {
  format: rawmedFormat,
  version: 1,
  content: plainContent(rawmedParameters, {}),
} as const;

/** Layouts of the three parts of `weights.bin`, in their order. */
function weightLayouts({ autoencoder, transformer }: RawmedModelOptions): readonly ParameterLayout[] {
  return [
    eventAutoencoderLayout(autoencoder),
    layoutOf([
      { name: 'running', shape: [runningSize(autoencoder)], initial: 'zeros' },
      { name: 'codebook', shape: [autoencoder.quantiser.codes, autoencoder.width], initial: 'zeros' },
    ]),
    eventTransformerLayout(transformer),
  ];
}

/**
 * The files of a trained RawMed: `model.json` (parameters, schema, vocabulary, rules of verification, checksums) and
 * `weights.bin`. Vocabulary and rules come from training patients: treat the folder as training data.
 */
export async function rawmedFiles(model: RawmedModel): Promise<ModelFiles> {
  const { autoencoder, transformer } = model;
  const tensors = new WeightBytes();
  const layouts = weightLayouts(openedText(model));
  const outside = new Float32Array([...autoencoder.running, ...autoencoder.codebook]);
  for (const [at, flat] of [autoencoder.parameters, outside, transformer].entries())
    await tensors.add(layouts[at]!, flat);
  return sealedFiles(form, model, tensors.bytes());
}

/**
 * Reads the files of a RawMed model folder.
 *
 * @param document what `model.json` says
 * @param folder what messages call the folder
 * @throws InputError when it is no such model, of another version, or its checksums do not agree
 */
export async function readRawmed(document: unknown, files: ModelFiles, folder: string): Promise<RawmedModel> {
  const { content, weights, file } = unsealedFiles(form, document, files, folder);
  const { cohort, ...plain } = content;
  const model = { ...plain, ...parseCohortContent(cohort, file) };
  const opened = openedText(model);
  const flats = await weightParts(weightLayouts(opened), weights, folder);
  const [parameters, outside, transformer] = flats as [Float32Array, Float32Array, Float32Array];
  const running = runningSize(opened.autoencoder);
  return {
    ...model,
    autoencoder: {
      parameters,
      running: outside.slice(0, running),
      codebook: outside.slice(running),
    },
    transformer,
  };
}

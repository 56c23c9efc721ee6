import { z } from 'zod';
import { windowMinutes } from '../../cohort/events/selectEvents.js';
import { eventTransformerLayout } from '../../models/eventTransformerOptions.js';
import type { ModelFiles } from '../contract.js';
import { WeightBytes } from '../generator/modelFiles.js';
import {
  parseCohortContent,
  plainContent,
  sealedFiles,
  unsealedFiles,
  weightParts,
} from '../rawmed/eventModelFiles.js';
import { tokenEventsParameters } from './parameters.js';
import { openedTokens, tokenNotes, type TokenModel } from './tokenModel.js';

/** What `format` says in `model.json`. */
export const tokenEventsFormat = 'fedehr-token-events-model';
const form = {
  format: tokenEventsFormat,
  version: 1,
  content: plainContent(tokenEventsParameters, { maxTokens: z.int().min(1) }),
} as const;

/**
 * The files of a trained model: `model.json` and `weights.bin`. Vocabulary and rules come from training patients: treat the folder as
 * training data.
 */
export async function tokenFiles(model: TokenModel): Promise<ModelFiles> {
  const tensors = new WeightBytes();
  await tensors.add(eventTransformerLayout(openedTokens(model).transformer), model.transformer);
  return sealedFiles(form, model, tensors.bytes());
}

/**
 * Reads the files of a model folder.
 *
 * @param document what `model.json` says
 * @param folder what messages call the folder
 * @throws InputError when it is no such model, of another version, or its checksums do not agree
 */
export async function readTokenModel(
  document: unknown,
  files: ModelFiles,
  folder: string,
): Promise<TokenModel> {
  const { content, weights, file } = unsealedFiles(form, document, files, folder);
  const { cohort, ...plain } = content;
  const source = parseCohortContent(cohort, file);
  const model = {
    ...plain,
    ...source,
    notes: tokenNotes(plain.window, windowMinutes(source.schema), plain.maxTokens),
  };
  const layout = eventTransformerLayout(openedTokens(model).transformer);
  const [transformer] = await weightParts([layout], weights, folder);
  return { ...model, transformer: transformer! };
}

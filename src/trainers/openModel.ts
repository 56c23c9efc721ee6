import type { EngineName } from '../engine/contract.js';
import type { ModelFiles } from './contract.js';
import { openModel as openGenerator, type OpenModel } from './generator/openModel.js';
import { openRawmed, openVerifying } from './rawmed/openRawmed.js';
import { rawmedFormat } from './rawmed/rawmedFiles.js';
import { readTokenModel, tokenEventsFormat } from './tokenEvents/tokenFiles.js';
import { tokenDrawer } from './tokenEvents/tokenModel.js';

/** What `model.json` says; undefined where it is no JSON. */
function documentOf(files: ModelFiles): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(files['model.json']));
  } catch {
    return undefined;
  }
}

/**
 * Makes the files of a model folder ready to draw from, whichever trainer wrote them.
 *
 * @param folder what messages call the folder
 * @throws InputError when the files are no model, damaged, or of another version of their format
 */
export async function openModel(files: ModelFiles, engine: EngineName, folder: string): Promise<OpenModel> {
  const document = documentOf(files);
  const format =
    typeof document === 'object' && document !== null && 'format' in document ? document.format : undefined;
  if (format === rawmedFormat) return openRawmed(document, files, engine, folder);
  if (format === tokenEventsFormat) {
    const model = await readTokenModel(document, files, folder);
    return openVerifying(model, tokenDrawer(model), engine);
  }
  return openGenerator(files, engine, folder);
}

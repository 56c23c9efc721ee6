import type { EngineName } from '../engine/contract.js';
import type { ModelFiles } from './contract.js';
import { openModel as openGenerator, type OpenModel } from './generator/openModel.js';
import { openRawmed } from './rawmed/openRawmed.js';
import { rawmedFormat } from './rawmed/rawmedFiles.js';

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
export function openModel(files: ModelFiles, engine: EngineName, folder: string): Promise<OpenModel> {
  const document = documentOf(files);
  const isRawmed =
    typeof document === 'object' &&
    document !== null &&
    'format' in document &&
    document.format === rawmedFormat;
  return isRawmed ? openRawmed(document, files, engine, folder) : openGenerator(files, engine, folder);
}

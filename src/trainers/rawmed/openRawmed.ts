import type { EngineName } from '../../engine/contract.js';
import type { ModelFiles } from '../contract.js';
import type { OpenModel } from '../generator/openModel.js';
import type { DrawableModel, OpenDrawer } from './drawableModel.js';
import { rawmedDrawer } from './rawmedDrawer.js';
import { readRawmed } from './rawmedFiles.js';
import { sampleStays } from './sampleRawmed.js';

/** Stays of one written block. */
const block = 4096;

/**
 * A RawMed that was trained earlier, ready to draw.
 *
 * @param document what `model.json` says
 * @param folder what messages call the folder
 * @throws InputError when the files are damaged or of another version
 */
export async function openRawmed(
  document: unknown,
  files: ModelFiles,
  engine: EngineName,
  folder: string,
): Promise<OpenModel> {
  const model = await readRawmed(document, files, folder);
  return openVerifying(model, rawmedDrawer(model), engine);
}

/** A generator of verified stays that was trained earlier. */
export const openVerifying = (model: DrawableModel, open: OpenDrawer, engine: EngineName): OpenModel => ({
  trainer: model.trainer,
  stays: Object.fromEntries(Object.entries(model.stays).filter(([, stays]) => stays > 0)),
  async *blocks(stays, seed) {
    yield* (await sampleStays(model, open, stays, seed, { engine })).blocks(block);
  },
  dispose: () => Promise.resolve(),
});

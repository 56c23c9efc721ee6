import type { Cohort } from '../../cohort/types.js';
import type { EngineName } from '../../engine/contract.js';
import type { ModelFiles } from '../contract.js';
import { compileModels, modelsAt } from './generatorModels.js';
import { readModel, storedWidths, withWeights } from './readModel.js';
import { sampleBlocks } from './sampling.js';
import { trainingStays } from './trainedParts.js';

/** A generator that was trained earlier, ready to draw. */
export interface OpenModel {
  readonly trainer: { readonly id: string; readonly version: number };
  /** Training stays of every hospital that can be drawn. */
  readonly stays: Readonly<Record<string, number>>;
  /**
   * Synthetic stays in blocks of one hospital, the very ones that the generator drew after its training from the same seed
   * and numbers of stays.
   *
   * @throws InputError when stays of a hospital are asked for that took no part in the training
   */
  blocks(stays: Readonly<Record<string, number>>, seed: number): AsyncIterable<Cohort>;
  dispose(): Promise<void>;
}

/**
 * Makes the files of a model folder ready to draw from.
 *
 * @param folder what messages call the folder
 * @throws InputError when the files are no model, damaged, or of another version of the format
 */
export async function openModel(files: ModelFiles, engine: EngineName, folder: string): Promise<OpenModel> {
  const stored = readModel(files, folder);
  const { schema, parameters, generators } = stored;
  const { hospitals } = generators[0]!.preprocessing;
  const compiled = await compileModels(schema, {
    hospitals,
    parameters,
    terms: { autoencoder: {}, tcvae: {} },
    engine,
  });
  try {
    const models = await modelsAt(compiled, storedWidths(generators[0]!));
    const model = await withWeights(stored, {
      autoencoder: models.autoencoder.layout,
      tcvae: models.tcvae.layout,
    });
    return {
      trainer: model.trainer,
      stays: trainingStays(model),
      blocks: (stays, seed) => sampleBlocks(model, models, stays, seed),
      dispose: () => compiled.dispose(),
    };
  } catch (error) {
    await compiled.dispose();
    throw error;
  }
}

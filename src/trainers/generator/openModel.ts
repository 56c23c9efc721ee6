import path from 'node:path';
import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import type { EngineName } from '../../engine/contract.js';
import type { ModelFiles } from '../contract.js';
import { compileModels, modelsAt } from './generatorModels.js';
import { histogramVariables } from '../../federation/preprocessing/variables.js';
import { readModel, storedWidths, withWeights, type StoredModel } from './readModel.js';
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

function unfitting(folder: string, place: string, found: string): InputError {
  return new InputError({
    file: path.join(folder, 'model.json'),
    place,
    expected: 'a model whose parts fit together',
    found,
    remedy: 'Copy the model folder again, or train the generator again.',
  });
}

/**
 * Checks that the stored tensors lie inside `weights.bin` and that there are transforms for all variables, before anything is made of these
 * sizes: the checksums show damage, not who wrote the file.
 */
function requireParts({ generators, weights, schema }: StoredModel, folder: string): void {
  const variables = histogramVariables(schema).length;
  for (const [index, { preprocessing, weights: stored }] of generators.entries()) {
    const place = `content.generators[${index}]`;
    for (const name of ['transforms', 'pooled'] as const)
      if (preprocessing[name].length !== variables)
        throw unfitting(
          folder,
          `${place}.preprocessing.${name}`,
          `${preprocessing[name].length} entries for ${variables} variables`,
        );
    for (const { offset, specs } of [stored.autoencoder, stored.tcvae, ...Object.values(stored.ownTcvae)]) {
      const values = specs.reduce(
        (sum, { shape }) =>
          sum + (shape.every((size) => size >= 1) ? shape.reduce((a, b) => a * b, 1) : Infinity),
        0,
      );
      if (offset + 4 * values > weights.length)
        throw unfitting(folder, `${place}.weights`, 'tensors that reach beyond weights.bin');
    }
  }
}

/**
 * Makes the files of a model folder ready to draw from.
 *
 * @param folder what messages call the folder
 * @throws InputError when the files are no model, damaged, or of another version of the format
 */
export async function openModel(files: ModelFiles, engine: EngineName, folder: string): Promise<OpenModel> {
  const stored = readModel(files, folder);
  requireParts(stored, folder);
  const { schema, parameters, generators } = stored;
  const { hospitals } = generators[0]!.preprocessing;
  const fitting = <T>(making: Promise<T>): Promise<T> =>
    making.catch((error: unknown) => {
      if (error instanceof InputError) throw error;
      throw unfitting(folder, 'content', error instanceof Error ? error.message : 'parts of other sizes');
    });
  const compiling = compileModels(schema, {
    hospitals,
    parameters,
    terms: { autoencoder: {}, tcvae: {} },
    engine,
  });
  const compiled = await fitting(compiling);
  try {
    const models = await fitting(modelsAt(compiled, storedWidths(generators[0]!)));
    const model = await fitting(
      withWeights(stored, { autoencoder: models.autoencoder.layout, tcvae: models.tcvae.layout }),
    );
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

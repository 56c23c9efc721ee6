import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../cohort/inputError.js';
import { ownFileBytes } from '../cohort/ownFile.js';
import { replaceFolder } from '../cohort/replaceFolder.js';
import type { ModelFiles, TrainedGenerator } from '../trainers/contract.js';

/** Writes a generator's own files and `ledger.json` into an existing folder. */
export async function writeModelFiles(
  { files, ledger }: Pick<TrainedGenerator, 'files' | 'ledger'>,
  folder: string,
): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'ledger.json'), JSON.stringify(ledger));
}

/**
 * Writes a model folder, whole or not at all.
 *
 * @throws InputError when the folder holds something other than a model
 */
export async function writeModelFolder(
  generator: Pick<TrainedGenerator, 'files' | 'ledger'>,
  folder: string,
): Promise<void> {
  await replaceFolder(folder, 'model.json', (temporary) => writeModelFiles(generator, temporary));
}

/** @throws InputError when the folder has no model */
export async function readModelFolder(folder: string): Promise<ModelFiles> {
  const files: Record<string, Uint8Array> = {};
  for (const name of ['model.json', 'weights.bin']) {
    await ownFileBytes(folder, name);
    files[name] = await readFile(join(folder, name)).catch(() => {
      throw new InputError({
        file: folder,
        expected: 'a model folder with model.json and weights.bin',
        found: `no readable ${name}`,
        remedy:
          'Name a folder that `fedehr train` wrote, or one below models/ in a run folder, e.g. runs/quick/models/fedehr-gen/default/0.',
      });
    });
  }
  return files;
}

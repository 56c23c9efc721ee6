import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import type { Cohort } from '../cohort/types.js';
import { writeCohortBlocks } from '../cohort/writeCohort.js';
import type { EngineName } from '../engine/contract.js';
import { openModel } from '../trainers/openModel.js';
import { readModelFolder } from './modelFolder.js';
import { staysInProportion } from './staysInProportion.js';

/** How many stays are drawn: in all, shared out as in training, or per hospital id. */
export type WantedStays = number | Readonly<Record<string, number>>;

export interface SampleOptions {
  readonly model: string;
  readonly wanted: WantedStays;
  readonly seed: number;
  readonly engine: EngineName;
  /** Cohort folder to write. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Stays that are written so far, and all of them. */
  onProgress(done: number, total: number): void;
}

function staysOf(known: Readonly<Record<string, number>>, wanted: WantedStays): Record<string, number> {
  if (typeof wanted === 'number') return staysInProportion(known, wanted);
  const hospitals = Object.keys(known);
  const unknown = Object.keys(wanted).find((id) => !hospitals.includes(id));
  if (unknown !== undefined)
    throw new InputError({
      place: '--hospital',
      expected: 'a hospital that took part in the training',
      found: `"${unknown}"`,
      remedy: didYouMean(unknown, hospitals),
    });
  return { ...wanted };
}

/**
 * Draws a cohort of any size from a model folder and writes it as a cohort folder, block by block; the folder appears whole
 * or not at all.
 *
 * @returns stays per hospital
 * @throws InputError for a folder that holds no whole model, an unknown hospital, or an output folder with other files
 */
export async function sampleModel(options: SampleOptions): Promise<Record<string, number>> {
  const model = await openModel(await readModelFolder(options.model), options.engine, options.model);
  try {
    const stays = staysOf(model.stays, options.wanted);
    const total = Object.values(stays).reduce((sum, n) => sum + n, 0);
    const blocks = async function* (): AsyncGenerator<Cohort, void, undefined> {
      let done = 0;
      options.signal.throwIfAborted();
      for await (const block of model.blocks(stays, options.seed)) {
        yield block;
        options.signal.throwIfAborted();
        done += block.size;
        options.onProgress(done, total);
      }
    };
    await writeCohortBlocks(blocks(), options.out);
    return stays;
  } finally {
    await model.dispose();
  }
}

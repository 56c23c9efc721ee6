import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { eicu } from '../eicu/eicu.js';
import { meds } from '../meds/meds.js';
import { mimic3 } from '../mimic3/mimic3.js';
import { mimic4 } from '../mimic4/mimic4.js';
import { tableAdapter } from '../table/tableAdapter.js';
import type { IngestAdapter } from './adapter.js';

/** Sources that the DuckDB ingest reads as their publishers ship them. */
export const adapters: readonly IngestAdapter[] = [eicu, mimic3, mimic4, meds];

/**
 * The adapter of a dataset.
 *
 * @param mapping the mapping file that the dataset `table` needs
 * @throws InputError with the likely meaning of an unknown id, and on a mapping that is missing, wrong or not wanted
 */
export async function adapterById(id: string, mapping?: string): Promise<IngestAdapter> {
  if ((id === 'table') !== (mapping !== undefined))
    throw new InputError({
      place: '--mapping',
      expected: id === 'table' ? 'a mapping file' : `no mapping file for ${id}`,
      found: mapping === undefined ? 'none' : 'one',
      remedy: 'The dataset table needs --mapping FILE; the others know their tables.',
    });
  if (mapping !== undefined) return tableAdapter(mapping);
  const adapter = adapters.find((one) => one.id === id);
  if (adapter !== undefined) return adapter;
  const known = [...adapters.map((one) => one.id), 'table'];
  throw new InputError({
    place: '<dataset>',
    expected: known.join(' | '),
    found: `'${id}'`,
    remedy: didYouMean(id, known),
  });
}

import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { eicu } from '../eicu/eicu.js';
import { meds } from '../meds/meds.js';
import { mimic3 } from '../mimic3/mimic3.js';
import { mimic4 } from '../mimic4/mimic4.js';
import type { IngestAdapter } from './adapter.js';

/** Sources that the DuckDB ingest reads as their publishers ship them. */
export const adapters: readonly IngestAdapter[] = [eicu, mimic3, mimic4, meds];

/** @throws InputError with the likely meaning of an unknown id */
export async function adapterById(id: string, mapping?: string): Promise<IngestAdapter> {
  const adapter = adapters.find((one) => one.id === id);
  if (adapter !== undefined) return adapter;
  const known = adapters.map((one) => one.id);
  throw new InputError({
    place: '<dataset>',
    expected: known.join(' | '),
    found: `'${id}'`,
    remedy: didYouMean(id, known),
  });
}

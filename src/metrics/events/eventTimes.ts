import type { Cohort } from '../../cohort/types.js';
import { sortSample, type SortedSample } from '../../stats/twoSample.js';
import type { EventView } from './eventView.js';

/** Minutes of the events of every stay over all tables together, ascending; the order of tables plays no part. */
export function minutesByStay({ stays, tables }: EventView): readonly Int32Array[] {
  const counts = new Uint32Array(stays);
  for (const { stay } of tables) for (const i of stay) counts[i]!++;
  const minutes = [...counts].map((count) => new Int32Array(count));
  counts.fill(0);
  for (const { stay, minute } of tables) stay.forEach((i, row) => (minutes[i]![counts[i]!++] = minute[row]!));
  return minutes.map((own) => own.sort());
}

/** One number or several of every stay as a sample whose owners are the stays. */
export function sampleOfStays(cohort: Cohort, valuesOf: (stay: number) => Iterable<number>): SortedSample {
  const [values, owner]: [number[], number[]] = [[], []];
  for (let stay = 0; stay < cohort.size; stay++)
    for (const value of valuesOf(stay)) {
      values.push(value);
      owner.push(stay);
    }
  return sortSample(values, owner, cohort.size);
}

import type { Cohort } from '../../cohort/types.js';
import { recordKeys } from '../recordKeys.js';
import type { LeakFinding } from './finding.js';

/** Share of repeated records, beyond that of train, from which they are worth a word. */
const REMARKABLE = 0.01;

/**
 * Synthetic records that are identical to another synthetic one, much more often than training records are: a sign of one seed used for
 * several batches or hospitals, or of a generator that collapsed.
 */
export function repeatedRecords(train: Cohort, synthetic: Cohort): LeakFinding[] {
  if (synthetic.size === 0) return [];
  const repeated = repeats(synthetic);
  const share = repeated / synthetic.size;
  if (share <= REMARKABLE + repeats(train) / Math.max(1, train.size)) return [];
  return [
    {
      guard: 'repeated-records',
      marks: false,
      message: `${repeated} of ${synthetic.size} synthetic records repeat another one: was one seed used for several batches, or did the generator collapse?`,
    },
  ];
}

function repeats(cohort: Cohort): number {
  return cohort.size - new Set(recordKeys(cohort)).size;
}

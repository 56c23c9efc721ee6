import type { Cohort, CohortEvents } from '../../cohort/types.js';
import { normalEvents } from '../../trainers/rawmed/text/normalEvents.js';
import { CohortCache } from '../cohortCache.js';

const cache = new CohortCache<CohortEvents | null>();

/**
 * The events of a cohort in the form that all sides are compared in; null when it has none. Generators that write events as text
 * bring them back in a normal form (lower case, punctuation spaced, four decimals, ten-minute bins); real events are brought to it
 * too, or every cell would differ by its writing.
 */
export function convertedEvents(cohort: Cohort): CohortEvents | null {
  const { events } = cohort;
  return events === undefined ? null : cache.get(cohort, 'converted', () => normalEvents(events));
}

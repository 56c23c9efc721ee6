import type { Cohort, CohortEvents } from '../../cohort/types.js';
import { normalEvents } from '../../trainers/rawmed/text/normalEvents.js';
import { CohortCache } from '../cohortCache.js';

/** What every definition of an event metric says about the events that it sees. */
export const convertedFormDefinition =
  'Form: all sides, real and synthetic, are compared as they come back from text: text in lower case with punctuation spaced, a blank text as missing, numbers rounded to four decimals, minutes at the start of their ten-minute bin; events before admission and events without a filled cell are dropped, and of a stay with more than 2,048 events the latest are kept. What that takes from the raw tables is not scored.';

/** The same for metrics with a paper mode. */
export const paperFormDefinition = `${convertedFormDefinition} Deviation of mode=paper: the published evaluation also cuts real text to 128 tokens and real stays to the 95th percentile of events a stay; here nothing is cut, so that no tokeniser enters a score.`;

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

import type { Cohort, CohortEvents } from '../../cohort/types.js';

/** The events of a cohort in the form that all sides are compared in; null when it has none. */
export function convertedEvents(cohort: Cohort): CohortEvents | null {
  return cohort.events ?? null;
}

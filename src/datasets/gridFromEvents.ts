import { toGrid } from '../cohort/events/toGrid.js';
import { InputError } from '../cohort/inputError.js';
import type { Cohort, CohortSchema, EventFeature } from '../cohort/types.js';

/**
 * The schema with those features only that events can fill, in the same order.
 *
 * @param grid how the grid is made out of events; undefined or empty where that is not known
 * @throws InputError when no feature is left
 */
export function schemaFromEvents(
  schema: CohortSchema,
  grid: readonly EventFeature[] | undefined,
  place: string,
): CohortSchema {
  const known = new Set((grid ?? []).map(({ feature }) => feature));
  const features = schema.features.filter(({ name }) => known.has(name));
  if (features.length === 0)
    throw new InputError({
      place,
      expected: 'a dataset whose cohort.json says under `grid` how its events make features',
      found: grid === undefined ? 'none' : 'no feature with a source among its events',
      remedy: "Leave `grid: events` out to take the dataset's own grid.",
    });
  return { ...schema, features };
}

/**
 * The cohort with the grid that its own events make instead of the ingested one, on the features that they can fill: what generators of
 * events and generators of grids can be compared on. Lengths, statics, labels and events stay.
 *
 * @throws InputError on a cohort without events, or whose events make no feature
 */
export function gridFromEvents(cohort: Cohort, place = cohort.schema.name): Cohort {
  const schema = schemaFromEvents(cohort.schema, cohort.events?.grid, place);
  return { ...cohort, schema, ...toGrid(cohort.events!, schema, cohort.length) };
}

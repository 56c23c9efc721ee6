import { joinEvents } from './events/joinEvents.js';
import type { Cohort } from './types.js';

/**
 * The stays of several cohorts, one after the other. All must have the first one's schema and hospital list, and
 * either all of them events of the same tables or none any.
 */
export function joinCohorts(cohorts: readonly Cohort[]): Cohort {
  const [first] = cohorts;
  if (first === undefined) throw new RangeError('nothing to join');
  if (cohorts.length === 1) return first;
  const { schema, hospitals } = first;
  for (const { hospitals: own } of cohorts)
    if (own.join('\n') !== hospitals.join('\n'))
      throw new RangeError('cohorts with different hospitals cannot be joined');
  const events = cohorts.flatMap((cohort) => (cohort.events === undefined ? [] : [cohort.events]));
  if (events.length > 0 && events.length < cohorts.length)
    throw new RangeError('a cohort with events and one without cannot be joined');
  const size = cohorts.reduce((sum, cohort) => sum + cohort.size, 0);
  const cells = size * schema.steps * schema.features.length;
  const joined = {
    schema,
    size,
    hospitals,
    patients: cohorts.flatMap((cohort) => cohort.patients),
    values: new Float32Array(cells),
    observed: new Uint8Array(cells),
    length: new Uint16Array(size),
    hospital: new Uint16Array(size),
    statics: new Float32Array(size * schema.statics.length),
    staticsObserved: new Uint8Array(size * schema.statics.length),
    labels: new Float32Array(size * schema.labels.length),
    labelsObserved: new Uint8Array(size * schema.labels.length),
  };
  let stay = 0;
  for (const cohort of cohorts) {
    const at = stay * schema.steps * schema.features.length;
    joined.values.set(cohort.values, at);
    joined.observed.set(cohort.observed, at);
    joined.length.set(cohort.length, stay);
    joined.hospital.set(cohort.hospital, stay);
    joined.statics.set(cohort.statics, stay * schema.statics.length);
    joined.staticsObserved.set(cohort.staticsObserved, stay * schema.statics.length);
    joined.labels.set(cohort.labels, stay * schema.labels.length);
    joined.labelsObserved.set(cohort.labelsObserved, stay * schema.labels.length);
    stay += cohort.size;
  }
  return events.length === 0 ? joined : { ...joined, events: joinEvents(events) };
}

import type { Cohort, EventTable } from '../../../src/cohort/types.js';
import { eventsOf, type EventRow } from '../../cohort/events/eventRows.js';

/** A cohort of a grid with nothing in it and these events, one patient a stay. */
export function eventCohort(
  tables: readonly EventTable[],
  stays: readonly (readonly EventRow[])[],
  name = 'p',
): Cohort {
  const size = stays.length;
  return {
    schema: {
      name: 'events',
      stepHours: 1,
      steps: 12,
      features: [{ name: 'anything', kind: 'continuous' }],
      statics: [],
      labels: [],
      provenance: { source: 'test', licence: 'none needed', createdBy: 'test' },
    },
    size,
    values: new Float32Array(size * 12),
    observed: new Uint8Array(size * 12),
    length: new Uint16Array(size).fill(12),
    hospital: new Uint16Array(size),
    hospitals: ['A'],
    patients: Array.from({ length: size }, (_, i) => `${name}${i}`),
    statics: new Float32Array(0),
    staticsObserved: new Uint8Array(0),
    labels: new Float32Array(0),
    labelsObserved: new Uint8Array(0),
    events: eventsOf(tables, stays),
  };
}

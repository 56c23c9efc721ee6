import type { EventCell } from '../../../src/cohort/events/eventBuilder.js';
import type { CohortEvents, EventTable } from '../../../src/cohort/types.js';
import { eventsOf, rowsOf } from '../../cohort/events/eventRows.js';

/** An event of a test: minute, index of the table, cells in the order of the table's columns. */
export type SmallEvent = readonly [minute: number, table: number, ...cells: readonly EventCell[]];

export const labs: EventTable = {
  name: 'lab',
  itemColumn: 'labname',
  columns: [
    { name: 'labtypeid', kind: 'categorical' },
    { name: 'labname', kind: 'categorical' },
    { name: 'unit', kind: 'categorical' },
    { name: 'labresult', kind: 'continuous' },
    { name: 'ref_range_upper', kind: 'continuous' },
  ],
};
export const drugs: EventTable = {
  name: 'infusionDrug',
  itemColumn: 'drugname',
  columns: [
    { name: 'drugname', kind: 'categorical' },
    { name: 'doses_per_24_hrs', kind: 'continuous' },
    { name: 'patientweight', kind: 'continuous' },
  ],
};

/** The event form of stays written as lists of events. */
export function smallEvents(
  stays: readonly (readonly SmallEvent[])[],
  tables: readonly EventTable[] = [labs, drugs],
): CohortEvents {
  return eventsOf(
    tables,
    stays.map((stay) => stay.map(([minute, table, ...cells]) => ({ minute, table, cells }))),
  );
}

/** What the events say, as lists of events: the inverse of {@link smallEvents}. */
export function eventList(events: CohortEvents): SmallEvent[][] {
  return rowsOf(events).map((stay) => stay.map(({ minute, table, cells }) => [minute, table, ...cells]));
}

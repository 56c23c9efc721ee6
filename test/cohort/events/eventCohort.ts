import { selectStays } from '../../../src/cohort/select.js';
import type { EventCell } from '../../../src/cohort/events/eventBuilder.js';
import type { Cohort, EventFeature, EventTable } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { smallCohort } from '../smallCohort.js';
import { eventsOf, rowsOf } from './eventRows.js';

/** Two tables that share the column `item`. */
export const eventTables: readonly EventTable[] = [
  {
    name: 'lab',
    itemColumn: 'item',
    columns: [
      { name: 'item', kind: 'categorical' },
      { name: 'result', kind: 'continuous' },
      { name: 'unit\'s, "name"', kind: 'categorical' },
    ],
  },
  {
    name: 'drug',
    itemColumn: 'item',
    columns: [
      { name: 'dose', kind: 'continuous' },
      { name: 'item', kind: 'categorical' },
    ],
  },
];

export const eventGrid: readonly EventFeature[] = [
  { feature: 'HR', table: 'lab', items: ['pulse'], column: 'result' },
  { feature: 'ventilated', table: 'drug', items: ['propofol'], column: null },
];

const texts: Readonly<Record<string, readonly string[]>> = {
  lab: ['pulse', 'Na, "serum"', "d'Angelo"],
  drug: ['propofol', 'heparin'],
  'unit\'s, "name"': ['mg/dL', 'µmol/l'],
};

/** `smallCohort` with up to `most` events a stay, cells missing here and there; patients come again every `patients` stays. */
export function eventCohort(size: number, seed = 1, most = 6, patients = size): Cohort {
  const grid = smallCohort(size, undefined, seed);
  const draw = random(seed, 'event-cohort');
  const cell = ({ name, kind }: EventTable['columns'][number], table: string): EventCell => {
    if (draw.uniform() >= 0.8) return null;
    if (kind === 'continuous') return 300 * draw.uniform();
    const levels = texts[name] ?? texts[table]!;
    return levels[draw.integer(levels.length)]!;
  };
  const stays = Array.from({ length: size }, () =>
    Array.from({ length: draw.integer(most + 1) }, () => {
      const table = draw.integer(2);
      const { name, columns } = eventTables[table]!;
      return { table, minute: draw.integer(301), cells: columns.map((column) => cell(column, name)) };
    }),
  );
  return {
    ...grid,
    patients: grid.patients.map((_, stay) => grid.patients[stay % patients]!),
    events: eventsOf(eventTables, stays, eventGrid),
  };
}

/** Every stay's events in words: what must stay the same however codes and rows are numbered. */
export function eventTexts({ events }: Cohort): string[][] {
  if (events === undefined) throw new Error('no events');
  return rowsOf(events).map((stay) =>
    stay.map(({ table, minute, cells }) =>
      [events.tables[table]!.name, minute, ...cells.map((cell) => cell ?? '-')].join(' | '),
    ),
  );
}

/** The cohort without its first or last stays. */
export const part = (cohort: Cohort, from: number, to: number): Cohort =>
  selectStays(
    cohort,
    Array.from({ length: to - from }, (_, stay) => from + stay),
  );

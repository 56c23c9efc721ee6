import { selectStays } from '../../../src/cohort/select.js';
import type {
  Cohort,
  CohortEvents,
  EventColumn,
  EventFeature,
  EventTable,
} from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { smallCohort } from '../smallCohort.js';

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
  const start = new Int32Array(size + 1);
  const drawn: { minute: number; table: number }[] = [];
  for (let stay = 0; stay < size; stay++) {
    const own = Array.from({ length: draw.integer(most + 1) }, () => ({
      minute: draw.integer(301),
      table: draw.integer(2),
    }));
    drawn.push(...own.sort((a, b) => a.minute - b.minute || a.table - b.table));
    start[stay + 1] = drawn.length;
  }
  const count = [0, 0];
  const row = Int32Array.from(drawn, ({ table }) => count[table]!++);
  const column = (name: string, kind: string, table: number): EventColumn => {
    const filled = Uint8Array.from({ length: count[table]! }, () => (draw.uniform() < 0.8 ? 1 : 0));
    if (kind === 'continuous')
      return {
        kind: 'continuous',
        values: Float64Array.from(filled, (mark) => mark * 300 * draw.uniform()),
        filled,
      };
    const levels = texts[name] ?? texts[eventTables[table]!.name]!;
    return {
      kind: 'categorical',
      codes: Int32Array.from(filled, (mark) => mark * draw.integer(levels.length)),
      levels: [...levels].sort(),
      filled,
    };
  };
  const events: CohortEvents = {
    tables: eventTables,
    grid: eventGrid,
    start,
    table: Uint8Array.from(drawn, ({ table }) => table),
    minute: Int32Array.from(drawn, ({ minute }) => minute),
    row,
    columns: eventTables.map(({ columns }, table) =>
      columns.map(({ name, kind }) => column(name, kind, table)),
    ),
  };
  return {
    ...grid,
    patients: grid.patients.map((_, stay) => grid.patients[stay % patients]!),
    events,
  };
}

/** Every stay's events in words: what must stay the same however codes and rows are numbered. */
export function eventTexts({ events }: Cohort): string[][] {
  if (events === undefined) throw new Error('no events');
  const cell = (column: EventColumn, row: number): string => {
    if (column.filled[row] !== 1) return '-';
    return column.kind === 'continuous' ? String(column.values[row]) : column.levels[column.codes[row]!]!;
  };
  return Array.from({ length: events.start.length - 1 }, (_, stay) =>
    Array.from({ length: events.start[stay + 1]! - events.start[stay]! }, (__, position) => {
      const at = events.start[stay]! + position;
      const table = events.table[at]!;
      const cells = events.columns[table]!.map((column) => cell(column, events.row[at]!));
      return [events.tables[table]!.name, events.minute[at], ...cells].join(' | ');
    }),
  );
}

/** The cohort without its first or last stays. */
export const part = (cohort: Cohort, from: number, to: number): Cohort =>
  selectStays(
    cohort,
    Array.from({ length: to - from }, (_, stay) => from + stay),
  );

import type { Cohort, CohortEvents, EventColumn, EventTable } from '../../../src/cohort/types.js';

export type Cell = number | string | null;

/** One event: place of its table, minute and cells in the order of the table's columns. */
export interface EventRow {
  readonly table: number;
  readonly minute: number;
  readonly cells: readonly Cell[];
}

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

function eventsOf(tables: readonly EventTable[], stays: readonly (readonly EventRow[])[]): CohortEvents {
  const sorted = stays.map((stay) => [...stay].sort((a, b) => a.minute - b.minute || a.table - b.table));
  const all = sorted.flat();
  const start = new Int32Array(stays.length + 1);
  sorted.forEach((stay, i) => (start[i + 1] = start[i]! + stay.length));
  const used = tables.map(() => 0);
  const row = Int32Array.from(all, ({ table }) => used[table]!++);
  return {
    tables,
    grid: [],
    start,
    table: Uint8Array.from(all, ({ table }) => table),
    minute: Int32Array.from(all, ({ minute }) => minute),
    row,
    columns: tables.map((table, k) => {
      const own = all.filter((event) => event.table === k);
      return table.columns.map(({ kind }, c) =>
        columnOf(
          kind,
          own.map(({ cells }) => cells[c] ?? null),
        ),
      );
    }),
  };
}

function columnOf(kind: EventColumn['kind'], cells: readonly Cell[]): EventColumn {
  const filled = Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1));
  if (kind === 'continuous')
    return { kind, values: Float64Array.from(cells, (cell) => (cell === null ? 0 : Number(cell))), filled };
  const levels = [...new Set(cells.filter((cell) => cell !== null).map(String))];
  const place = new Map(levels.map((level, code) => [level, code]));
  return {
    kind,
    codes: Int32Array.from(cells, (cell) => (cell === null ? 0 : place.get(String(cell))!)),
    levels,
    filled,
  };
}

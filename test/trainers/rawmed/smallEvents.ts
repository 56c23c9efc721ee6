import type { CohortEvents, EventColumn, EventTable } from '../../../src/cohort/types.js';

type Cell = string | number | null;

/** An event of a test: minute, index of the table, cells in the order of the table's columns. */
export type SmallEvent = readonly [minute: number, table: number, ...cells: readonly Cell[]];

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

/** The event form of stays written as lists of events in their order. */
export function smallEvents(
  stays: readonly (readonly SmallEvent[])[],
  tables: readonly EventTable[] = [labs, drugs],
): CohortEvents {
  const all = stays.flat();
  const rows = tables.map((_, t) => all.filter(([, table]) => table === t));
  const seen = tables.map(() => 0);
  const start = new Int32Array(stays.length + 1);
  stays.forEach((stay, i) => (start[i + 1] = start[i]! + stay.length));
  const columns = tables.map((table, t) =>
    table.columns.map(({ kind }, c): EventColumn => {
      const cells = rows[t]!.map((event) => event[c + 2] ?? null);
      const filled = Uint8Array.from(cells, (cell) => Number(cell !== null));
      if (kind === 'continuous')
        return { kind, filled, values: Float64Array.from(cells, (cell) => (cell ?? 0) as number) };
      const levels = [...new Set(cells.filter((cell) => cell !== null))].map(String).sort();
      return {
        kind,
        filled,
        levels,
        codes: Int32Array.from(cells, (cell) => Math.max(levels.indexOf(String(cell)), 0)),
      };
    }),
  );
  return {
    tables,
    grid: [],
    start,
    table: Uint8Array.from(all, ([, table]) => table),
    minute: Int32Array.from(all, ([minute]) => minute),
    row: Int32Array.from(all, ([, table]) => seen[table]!++),
    columns,
  };
}

/** What the events say, as lists of events: the inverse of {@link smallEvents}. */
export function eventList(events: CohortEvents): SmallEvent[][] {
  return Array.from({ length: events.start.length - 1 }, (_, stay) => {
    const list: SmallEvent[] = [];
    for (let e = events.start[stay]!; e < events.start[stay + 1]!; e++) {
      const row = events.row[e]!;
      const cells = events.columns[events.table[e]!]!.map((column): Cell => {
        if (column.filled[row] === 0) return null;
        return column.kind === 'continuous' ? column.values[row]! : column.levels[column.codes[row]!]!;
      });
      list.push([events.minute[e]!, events.table[e]!, ...cells]);
    }
    return list;
  });
}

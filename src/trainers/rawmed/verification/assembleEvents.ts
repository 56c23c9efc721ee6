import type { CohortEvents, EventColumn } from '../../../cohort/types.js';
import { normalText } from '../text/normalForm.js';
import type { EventCells } from './verifyEvent.js';

/**
 * The event form of generated stays. Events of a stay are ordered by minute, then table, then as they were; levels are the
 * texts that occur, by code units. The items of the grid's features are written as the texts write them (`fio2` → `fio 2`).
 *
 * @param stays cells of the kinds of their columns, missing is null
 */
export function assembleEvents(
  { tables, grid }: Pick<CohortEvents, 'tables' | 'grid'>,
  stays: readonly (readonly {
    readonly minute: number;
    readonly table: number;
    readonly cells: EventCells;
  }[])[],
): CohortEvents {
  const start = new Int32Array(stays.length + 1);
  stays.forEach((stay, i) => (start[i + 1] = start[i]! + stay.length));
  const events = stays.flatMap((stay) => [...stay].sort((a, b) => a.minute - b.minute || a.table - b.table));
  const rows: EventCells[][] = tables.map(() => []);
  const row = Int32Array.from(events, ({ table, cells }) => rows[table]!.push(cells) - 1);
  const columns = tables.map((table, t) =>
    table.columns.map(({ kind }, c): EventColumn => {
      const cells = rows[t]!.map((of) => of[c] ?? null);
      const filled = Uint8Array.from(cells, (cell) => Number(cell !== null));
      if (kind === 'continuous')
        return {
          kind,
          filled,
          values: Float64Array.from(cells, (cell) => (cell === null ? 0 : Number(cell))),
        };
      const levels = [...new Set(cells.filter((cell) => cell !== null).map(String))].sort();
      const codeOf = new Map(levels.map((level, code) => [level, code]));
      return {
        kind,
        filled,
        levels,
        codes: Int32Array.from(cells, (cell) => (cell === null ? 0 : codeOf.get(String(cell))!)),
      };
    }),
  );
  return {
    tables,
    grid: grid.map((feature) => ({ ...feature, items: feature.items.map(normalText) })),
    start,
    table: Uint8Array.from(events, ({ table }) => table),
    minute: Int32Array.from(events, ({ minute }) => minute),
    row,
    columns,
  };
}

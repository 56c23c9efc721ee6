import { EventBuilder, type EventCell } from '../../../src/cohort/events/eventBuilder.js';
import type { CohortEvents, EventFeature, EventTable } from '../../../src/cohort/types.js';

/** One event: place of its table, minute and cells in the order of the table's columns. */
export interface EventRow {
  readonly table: number;
  readonly minute: number;
  readonly cells: readonly EventCell[];
}

/** The event form of stays written as rows; rows come out by minute, then table, then as they were written. */
export function eventsOf(
  tables: readonly EventTable[],
  stays: readonly (readonly EventRow[])[],
  grid: readonly EventFeature[] = [],
): CohortEvents {
  const builder = new EventBuilder(tables, grid);
  for (const stay of stays) {
    for (const { table, minute, cells } of stay) builder.add(table, minute, cells);
    builder.endStay();
  }
  return builder.finish();
}

/** What the events say, stay by stay, however codes and rows are numbered: the inverse of {@link eventsOf}. */
export function rowsOf({ start, table, minute, row, columns }: CohortEvents): EventRow[][] {
  return Array.from({ length: start.length - 1 }, (_, stay) =>
    Array.from({ length: start[stay + 1]! - start[stay]! }, (__, position) => {
      const at = start[stay]! + position;
      const cells = columns[table[at]!]!.map((column): EventCell => {
        const place = row[at]!;
        if (column.filled[place] !== 1) return null;
        return column.kind === 'continuous' ? column.values[place]! : column.levels[column.codes[place]!]!;
      });
      return { table: table[at]!, minute: minute[at]!, cells };
    }),
  );
}

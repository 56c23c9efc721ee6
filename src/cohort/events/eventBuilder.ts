import type { CohortEvents, EventFeature, EventTable } from '../types.js';
import { GrowingCells } from './growingCells.js';
import { pickEvents } from './pickEvents.js';

/** A cell to write: text in a categorical column, a number in a continuous one, null where nothing is filled in. */
export type EventCell = string | number | null;

/**
 * Puts events together that are made one after the other, stay after stay. Events of a stay may be added in any order; they come out
 * by minute, then table, then as they were added.
 */
export class EventBuilder {
  private readonly columns: readonly (readonly GrowingCells[])[];
  private readonly minute = new GrowingCells();
  private readonly table = new GrowingCells();
  private readonly row = new GrowingCells();
  private readonly rows: number[];
  private readonly start: number[] = [0];
  private events = 0;

  constructor(
    private readonly tables: readonly EventTable[],
    private readonly grid: readonly EventFeature[],
  ) {
    this.columns = tables.map(({ columns }) => columns.map(() => new GrowingCells()));
    this.rows = tables.map(() => 0);
  }

  /**
   * Adds an event to the stay that is being made.
   *
   * @param cells one a column of the table; an empty text counts as null
   * @throws RangeError on cells that do not fit the columns
   */
  add(table: number, minute: number, cells: readonly EventCell[]): void {
    const { name, columns } = this.tables[table]!;
    if (cells.length !== columns.length)
      throw new RangeError(`${cells.length} cells for the ${columns.length} columns of ${name}`);
    for (const [index, cell] of cells.entries()) {
      const target = this.columns[table]![index]!;
      if (cell === null || cell === '') target.addEmpty();
      else if (columns[index]!.kind === 'categorical' && typeof cell === 'string') target.addText(cell);
      else if (columns[index]!.kind === 'continuous' && typeof cell === 'number' && Number.isFinite(cell))
        target.add(cell);
      else throw new RangeError(`column ${columns[index]!.name} of ${name} cannot hold that cell`);
    }
    this.minute.add(minute);
    this.table.add(table);
    this.row.add(this.rows[table]!);
    this.rows[table]! += 1;
    this.events += 1;
  }

  /** Ends the stay; the next event belongs to the next one. */
  endStay(): void {
    this.start.push(this.events);
  }

  /** All stays that were ended, and their events; levels sorted. */
  finish(): CohortEvents {
    const start = Int32Array.from(this.start);
    const [minute, table] = [this.minute.numbers(), this.table.numbers()];
    const order = Int32Array.from(minute.keys());
    for (let stay = 0; stay + 1 < start.length; stay++)
      order
        .subarray(start[stay], start[stay + 1])
        .sort((a, b) => minute[a]! - minute[b]! || table[a]! - table[b]! || a - b);
    return pickEvents(
      {
        tables: this.tables,
        grid: this.grid,
        start,
        table: Uint8Array.from(table),
        minute: Int32Array.from(minute),
        row: Int32Array.from(this.row.numbers()),
        columns: this.columns.map((columns, index) =>
          columns.map((cells, column) => cells.column(this.tables[index]!.columns[column]!.kind)),
        ),
      },
      order,
      start,
    );
  }
}

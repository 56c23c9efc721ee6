import type { CohortEvents, EventColumn } from '../types.js';

/** The cells of a column at `rows`, in that order; the list of levels stays whole. */
function takeCells(column: EventColumn, rows: Int32Array): EventColumn {
  const filled = new Uint8Array(rows.length);
  for (let to = 0; to < rows.length; to++) filled[to] = column.filled[rows[to]!]!;
  if (column.kind === 'continuous') {
    const values = new Float64Array(rows.length);
    for (let to = 0; to < rows.length; to++) values[to] = column.values[rows[to]!]!;
    return { kind: 'continuous', values, filled };
  }
  const codes = new Int32Array(rows.length);
  for (let to = 0; to < rows.length; to++) codes[to] = column.codes[rows[to]!]!;
  return { kind: 'categorical', codes, levels: column.levels, filled };
}

/**
 * The events at `picked`, in that order, as stays that begin at `start`. Only the cells of those events are kept; rows are
 * numbered anew in the order of the events.
 *
 * @param picked [M'] index of an event; one may be picked more than once
 * @param start [N'+1] first event of each stay, last entry M'
 */
export function pickEvents(events: CohortEvents, picked: Int32Array, start: Int32Array): CohortEvents {
  const count = new Int32Array(events.tables.length);
  const table = new Uint8Array(picked.length);
  const minute = new Int32Array(picked.length);
  const row = new Int32Array(picked.length);
  for (let to = 0; to < picked.length; to++) {
    const from = picked[to]!;
    const own = events.table[from]!;
    table[to] = own;
    minute[to] = events.minute[from]!;
    row[to] = count[own]!;
    count[own]! += 1;
  }
  const sources = Array.from(count, (size) => new Int32Array(size));
  for (let to = 0; to < picked.length; to++) sources[table[to]!]![row[to]!] = events.row[picked[to]!]!;
  return {
    tables: events.tables,
    grid: events.grid,
    start,
    table,
    minute,
    row,
    columns: events.columns.map((columns, own) => columns.map((column) => takeCells(column, sources[own]!))),
  };
}

/** The same events with those levels of categorical columns only that some of their cells has, in the same order. */
export function withUsedLevels(events: CohortEvents): CohortEvents {
  const used = (column: EventColumn): EventColumn => {
    if (column.kind === 'continuous') return column;
    const position = new Int32Array(column.levels.length);
    for (let at = 0; at < column.codes.length; at++)
      if (column.filled[at] === 1) position[column.codes[at]!] = 1;
    const levels = column.levels.filter((_, level) => position[level] === 1);
    if (levels.length === column.levels.length) return column;
    let next = 0;
    for (let level = 0; level < position.length; level++) if (position[level] === 1) position[level] = next++;
    const codes = column.codes.map((code, at) => (column.filled[at] === 1 ? position[code]! : 0));
    return { ...column, codes, levels };
  };
  return { ...events, columns: events.columns.map((columns) => columns.map(used)) };
}

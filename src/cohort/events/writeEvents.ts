import type { Cohort, CohortEvents, EventColumn } from '../types.js';
import { writeTable } from '../writeParquet.js';
import { stayColumn, type Column } from '../writtenColumns.js';

/** Where each table keeps the file's column of that name; undefined in tables that lack it. */
function holders({ tables, columns }: CohortEvents, name: string): (EventColumn | undefined)[] {
  return tables.map((table, index) => columns[index]![table.columns.findIndex((one) => one.name === name)]);
}

function fileColumn(events: CohortEvents, name: string, kind: EventColumn['kind']): Column {
  const columns = holders(events, name);
  const cellOf = (event: number): { column: EventColumn; row: number } | null => {
    const column = columns[events.table[event]!];
    const row = events.row[event]!;
    return column?.filled[row] === 1 ? { column, row } : null;
  };
  if (kind === 'continuous')
    return {
      name,
      type: 'double',
      cell: (event) => {
        const cell = cellOf(event);
        return cell?.column.kind === 'continuous' ? cell.column.values[cell.row]! : Number.NaN;
      },
    };
  return {
    name,
    type: 'words',
    cell: (event) => {
      const cell = cellOf(event);
      return cell?.column.kind === 'categorical' ? cell.column.levels[cell.column.codes[cell.row]!]! : '';
    },
  };
}

/** Writes `events.parquet`: one row an event, by stay in cohort order; columns of one name are shared by the tables. */
export async function writeEvents(cohort: Cohort, events: CohortEvents, file: string): Promise<void> {
  const stayOf = new Int32Array(events.minute.length);
  for (let stay = 0; stay < cohort.size; stay++)
    stayOf.fill(stay, events.start[stay], events.start[stay + 1]);
  const kinds = new Map(
    events.tables.flatMap(({ columns }) => columns.map(({ name, kind }) => [name, kind] as const)),
  );
  await writeTable(
    file,
    [
      { name: 'patient_id', type: 'text', cell: (event) => cohort.patients[stayOf[event]!]! },
      {
        name: 'hospital_id',
        type: 'text',
        cell: (event) => cohort.hospitals[cohort.hospital[stayOf[event]!]!]!,
      },
      ...stayColumn(cohort, (event) => stayOf[event]!),
      { name: 'table', type: 'text', cell: (event) => events.tables[events.table[event]!]!.name },
      { name: 'minute', type: 'integer', cell: (event) => events.minute[event]! },
      ...Array.from(kinds, ([name, kind]) => fileColumn(events, name, kind)),
    ],
    events.minute.length,
  );
}

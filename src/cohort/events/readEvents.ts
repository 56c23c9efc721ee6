import { CellFaults } from '../cellFaults.js';
import { InputError } from '../inputError.js';
import type { Statics } from '../readStatics.js';
import { requireEventCells } from '../sizeLimits.js';
import type { Table, TableChunk, WantedColumn } from '../table/table.js';
import { requireColumns } from '../tableColumns.js';
import type { CohortEvents, CohortSchema, EventColumn, EventFeature, EventTable } from '../types.js';
import { GrowingCells } from './growingCells.js';
import { pickEvents, withUsedLevels } from './pickEvents.js';
import { windowMinutes } from './selectEvents.js';

/** The last minute that an Int32 holds. */
const LAST_MINUTE = 2 ** 31 - 1;

/** A column of the file with the cells of all its rows: tables share the columns of one name. */
interface SharedColumn {
  readonly name: string;
  readonly kind: 'continuous' | 'categorical';
  readonly cells: GrowingCells;
  /** Per table whether it has this column. */
  readonly of: readonly boolean[];
}

function sharedColumns(tables: readonly EventTable[]): SharedColumn[] {
  const kinds = new Map(
    tables.flatMap(({ columns }) => columns.map(({ name, kind }) => [name, kind] as const)),
  );
  return Array.from(kinds, ([name, kind]) => ({
    name,
    kind,
    cells: new GrowingCells(),
    of: tables.map(({ columns }) => columns.some((column) => column.name === name)),
  }));
}

/** Checks and keeps where the rows of a chunk belong; @throws InputError on the first row that belongs nowhere. */
function takeKeys(
  { rows, texts, numbers }: TableChunk,
  first: number,
  { file, keyAt, last, statics, staticFile, positions }: KeyPlan,
  keys: { readonly stay: GrowingCells; readonly minute: GrowingCells; readonly table: GrowingCells },
): void {
  for (let row = 0; row < rows; row++) {
    const fail = (column: string, expected: string, found: string, remedy: string): never => {
      throw new InputError({ file, place: `column ${column}, row ${first + row}`, expected, found, remedy });
    };
    const key = texts[keyAt]![row] ?? '';
    const stay = statics.rowOf.get(key);
    if (stay === undefined)
      return fail(
        statics.key,
        `only ${statics.key === 'stay_id' ? 'stays' : 'patients'} of ${staticFile}`,
        key === '' ? 'no id' : 'another one',
        'Write a row with hospital, statics and labels for every stay, or leave its events out.',
      );
    if ((texts[0]![row] ?? '') !== statics.patients[stay])
      fail(
        'patient_id',
        `the patient that ${staticFile} gives for the stay`,
        'another one',
        'Give every stay one patient.',
      );
    if ((texts[1]![row] ?? '') !== statics.hospitals[statics.hospital[stay]!])
      fail(
        'hospital_id',
        `the hospital that ${staticFile} gives for the stay`,
        'another one',
        'Give every stay one hospital.',
      );
    const table = positions.get(texts[2]![row] ?? '');
    if (table === undefined)
      return fail(
        'table',
        `one of ${[...positions.keys()].join(', ')}`,
        (texts[2]![row] ?? '') === '' ? 'none' : 'another name',
        'Name a table that cohort.json describes, or describe it there.',
      );
    const minute = numbers[3]![row]!;
    if (!(Number.isInteger(minute) && minute >= 0 && minute <= last))
      fail(
        'minute',
        `whole minutes from ICU admission, 0 to ${last}`,
        !Number.isInteger(minute) ? 'no integer' : minute < 0 ? 'a negative one' : 'a later one',
        'Leave events outside the window out, or raise `steps` in cohort.json.',
      );
    keys.stay.add(stay);
    keys.table.add(table);
    keys.minute.add(minute);
  }
}

interface KeyPlan {
  readonly file: string;
  readonly keyAt: number;
  readonly last: number;
  readonly statics: Statics;
  readonly staticFile: string;
  readonly positions: ReadonlyMap<string, number>;
}

/** Adds a chunk's cells to the shared columns; cells of columns that the row's table lacks must be empty. */
function takeCells(
  { rows, texts, numbers }: TableChunk,
  first: number,
  before: number,
  shared: readonly SharedColumn[],
  table: GrowingCells,
  tables: readonly EventTable[],
  file: string,
  faults: CellFaults,
): void {
  const offsets = Float64Array.from({ length: rows }, (_, row) => row * shared.length);
  const values = new Float64Array(rows * shared.length);
  const observed = new Uint8Array(rows * shared.length);
  for (const [index, { name, kind, cells, of }] of shared.entries()) {
    const at = before + index;
    if (kind === 'continuous') faults.take(index, numbers[at]!, rows, offsets, first, values, observed);
    for (let row = 0; row < rows; row++) {
      const own = table.at(first - 1 + row);
      const text = kind === 'categorical' ? (texts[at]![row] ?? '') : '';
      const filled = kind === 'categorical' ? text !== '' : observed[row * shared.length + index] === 1;
      if (filled && of[own] !== true)
        throw new InputError({
          file,
          place: `column ${name}, row ${first + row}`,
          expected: `no cell in an event of the table ${tables[own]!.name}, which lacks the column`,
          found: 'one',
          remedy: 'Leave the cell empty, or add the column to the table in cohort.json.',
        });
      if (!filled) cells.addEmpty();
      else if (kind === 'categorical') cells.addText(text);
      else cells.add(values[row * shared.length + index]!);
    }
  }
}

/** Order of the events by stay, minute and table; those alike in all keep the order of the file. */
function sortedEvents(stay: Float64Array, minute: Float64Array, table: Float64Array): Int32Array {
  return Int32Array.from(stay.keys()).sort(
    (a, b) => stay[a]! - stay[b]! || minute[a]! - minute[b]! || table[a]! - table[b]! || a - b,
  );
}

/**
 * Reads `events.*`: columns patient_id, hospital_id, stay_id where `static.*` has it, table, minute, and every column of the
 * event tables once (tables that name a column alike share it). Categorical columns are text, their levels the texts
 * that events of the table have, sorted; an empty text is a missing cell.
 *
 * @param staticFile the table of the stays, as named in messages
 * @throws InputError with row and column on events of unknown stays, wrong patients or hospitals, unknown tables, minutes
 * outside the window, text where a number belongs, cells that the event's table lacks
 */
export async function readEvents(
  source: Table,
  schema: CohortSchema,
  tables: readonly EventTable[],
  grid: readonly EventFeature[],
  statics: Statics,
  staticFile: string,
): Promise<CohortEvents> {
  const shared = sharedColumns(tables);
  const keyed = statics.key === 'stay_id';
  const wanted: WantedColumn[] = [
    ...['patient_id', 'hospital_id', 'table'].map((name) => ({ name, as: 'text' }) as const),
    { name: 'minute', as: 'step' },
    ...(keyed ? [{ name: 'stay_id', as: 'text' } as const] : []),
    ...shared.map(({ name, kind }) => ({ name, as: kind === 'continuous' ? kind : 'text' }) as const),
  ];
  requireColumns(source, wanted);
  const plan: KeyPlan = {
    file: source.file,
    keyAt: keyed ? 4 : 0,
    last: Math.min(Math.floor(windowMinutes(schema)), LAST_MINUTE),
    statics,
    staticFile,
    positions: new Map(tables.map(({ name }, index) => [name, index])),
  };
  const faults = new CellFaults(
    source.file,
    shared.map(({ name }) => ({ name, kind: 'continuous' })),
  );
  const keys = { stay: new GrowingCells(), minute: new GrowingCells(), table: new GrowingCells() };
  let first = 1;
  for await (const chunk of source.read(wanted)) {
    requireEventCells(source.file, { events: first - 1 + chunk.rows, columns: wanted.length });
    takeKeys(chunk, first, plan, keys);
    takeCells(chunk, first, wanted.length - shared.length, shared, keys.table, tables, source.file, faults);
    first += chunk.rows;
  }
  faults.throwIfAny();
  const [stay, minute, table] = [keys.stay, keys.minute, keys.table].map((cells) => cells.numbers());
  const order = sortedEvents(stay!, minute!, table!);
  const start = new Int32Array(statics.size + 1);
  for (const own of stay!) start[own + 1]! += 1;
  for (let own = 0; own < statics.size; own++) start[own + 1]! += start[own]!;
  const finished = new Map<string, EventColumn>(
    shared.map(({ name, kind, cells }) => [name, cells.column(kind)]),
  );
  const read = pickEvents(
    {
      tables,
      grid,
      start,
      table: Uint8Array.from(table!),
      minute: Int32Array.from(minute!),
      row: Int32Array.from(minute!.keys()),
      columns: tables.map(({ columns }) => columns.map(({ name }) => finished.get(name)!)),
    },
    order,
    start,
  );
  return withUsedLevels(read);
}

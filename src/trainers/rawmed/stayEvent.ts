import { InputError } from '../../cohort/inputError.js';
import type {
  Cohort,
  CohortEvents,
  CohortSchema,
  EventColumn,
  EventTable,
  Variable,
} from '../../cohort/types.js';
import { normalText } from './text/normalForm.js';
import type { EventCells } from './verification/verifyEvent.js';

/** Name of the table whose one event a stay says statics and labels; it is the first table, so that its event comes first. */
const STAY_TABLE = 'stay';
const itemColumn = 'record';
const item = 'stay';
const no = 'no';
const yes = 'yes';

const variablesOf = ({ statics, labels }: CohortSchema): readonly Variable[] => [...statics, ...labels];

/** Texts of a variable's values in the order of its numbers; null for a continuous one. */
function textsOf({ name, kind, levels = [] }: Variable): readonly string[] | null {
  if (kind === 'continuous') return null;
  const texts = kind === 'binary' ? [no, yes] : levels.map(normalText);
  const twin = texts.findIndex((text, i) => text === '' || texts.indexOf(text) !== i);
  if (twin >= 0)
    throw new InputError({
      place: `variable ${name}`,
      expected: 'levels that differ in lower case with punctuation spaced, none empty',
      found: `"${texts[twin]!}"`,
      remedy: 'Rename the level, or train with `statics: none`.',
    });
  return texts;
}

function stayTable(schema: CohortSchema): EventTable {
  return {
    name: STAY_TABLE,
    itemColumn,
    columns: [
      { name: itemColumn, kind: 'categorical' },
      ...variablesOf(schema).map(({ name, kind }) => ({
        name,
        kind: kind === 'continuous' ? ('continuous' as const) : ('categorical' as const),
      })),
    ],
  };
}

/** A cell of every stay for one static or label. */
function stayColumn(variable: Variable, values: Float32Array, known: Uint8Array): EventColumn {
  const levels = textsOf(variable);
  return levels === null
    ? { kind: 'continuous', values: Float64Array.from(values), filled: known }
    : { kind: 'categorical', codes: Int32Array.from(values), levels, filled: known };
}

/** Every width-th number from `offset` on. */
function columnOf<A extends Float32Array | Uint8Array>(
  source: A,
  width: number,
  offset: number,
  target: A,
): A {
  for (let i = 0; i < target.length; i++) target[i] = source[i * width + offset]!;
  return target;
}

/**
 * Events with one more at the head of every stay, at minute 0 in a table of its own, whose columns are the stay's statics and labels:
 * so a generator of events draws them together with the events. Unknown ones are missing cells.
 *
 * @throws InputError when a table is named like it already, or two levels of a variable read alike
 */
export function withStayEvents(cohort: Cohort, events: CohortEvents): CohortEvents {
  const { schema, size } = cohort;
  if (events.tables.some(({ name }) => normalText(name) === STAY_TABLE))
    throw new InputError({
      place: 'event tables',
      expected: `no table named "${STAY_TABLE}", the name that statics and labels go by`,
      found: 'one',
      remedy: 'Rename the table, or train with `statics: none`.',
    });
  const start = events.start.map((first, stay) => first + stay);
  const total = events.table.length + size;
  const [table, minute, row] = [new Uint8Array(total), new Int32Array(total), new Int32Array(total)];
  for (let stay = 0; stay < size; stay++) {
    row[start[stay]!] = stay;
    for (let at = events.start[stay]!; at < events.start[stay + 1]!; at++) {
      const to = at + stay + 1;
      table[to] = events.table[at]! + 1;
      minute[to] = events.minute[at]!;
      row[to] = events.row[at]!;
    }
  }
  const ofKind = (variables: readonly Variable[], values: Float32Array, known: Uint8Array): EventColumn[] =>
    variables.map((variable, v) =>
      stayColumn(
        variable,
        columnOf(values, variables.length, v, new Float32Array(size)),
        columnOf(known, variables.length, v, new Uint8Array(size)),
      ),
    );
  const columns: EventColumn[] = [
    {
      kind: 'categorical',
      codes: new Int32Array(size),
      levels: [item],
      filled: new Uint8Array(size).fill(1),
    },
    ...ofKind(schema.statics, cohort.statics, cohort.staticsObserved),
    ...ofKind(schema.labels, cohort.labels, cohort.labelsObserved),
  ];
  return {
    tables: [stayTable(schema), ...events.tables],
    grid: events.grid,
    start,
    table,
    minute,
    row,
    columns: [columns, ...events.columns],
  };
}

/** Numbers of a stay's statics and labels; null where not known. */
export interface StayValues {
  readonly statics: readonly (number | null)[];
  readonly labels: readonly (number | null)[];
}

/**
 * Reads the cells of a verified stay event back.
 *
 * A text that is none of the variable's levels (withheld ones are U+FFFD) and a number outside its range are not known.
 */
export function readStayEvent(schema: CohortSchema, cells: EventCells): StayValues {
  const valueOf = (variable: Variable, cell: string | number | null): number | null => {
    if (cell === null) return null;
    const texts = textsOf(variable);
    if (texts === null) {
      const [low, high] = variable.range ?? [-Infinity, Infinity];
      const value = Number(cell);
      return value >= low && value <= high ? value : null;
    }
    const code = texts.indexOf(String(cell));
    return code < 0 ? null : code;
  };
  const { statics, labels } = schema;
  return {
    statics: statics.map((variable, v) => valueOf(variable, cells[1 + v] ?? null)),
    labels: labels.map((variable, v) => valueOf(variable, cells[1 + statics.length + v] ?? null)),
  };
}

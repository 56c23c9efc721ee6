import type { Cohort, Variable } from './types.js';

/** A column of a table to write; `cell(row)` gives its value, NaN for null; an empty text is null in a column of type `words`. */
export type Column =
  | { readonly name: string; readonly type: 'text' | 'words'; cell(row: number): string }
  | { readonly name: string; readonly type: 'integer' | 'double'; cell(row: number): number }
  | { readonly name: string; readonly type: Variable; cell(row: number): number };

/** The columns of a table and how many rows it has. */
export interface WrittenTable {
  readonly columns: readonly Column[];
  readonly rows: number;
}

function variableColumn(
  variable: Variable,
  values: Float32Array,
  observed: Uint8Array,
  position: (row: number) => number,
): Column {
  return {
    name: variable.name,
    type: variable,
    cell: (row) => {
      const at = position(row);
      return observed[at] === 1 ? values[at]! : Number.NaN;
    },
  };
}

/** The column `stay_id`, numbers from 1 in cohort order, where a patient has several stays; else none is needed. */
export function stayColumn(cohort: Cohort, stay: (row: number) => number): Column[] {
  if (new Set(cohort.patients).size === cohort.size) return [];
  return [{ name: 'stay_id', type: 'text', cell: (row) => String(stay(row) + 1) }];
}

/** The static table: one row a stay, in cohort order. */
export function staticColumns(cohort: Cohort): WrittenTable {
  const { statics, labels } = cohort.schema;
  return {
    columns: [
      { name: 'patient_id', type: 'text', cell: (row) => cohort.patients[row]! },
      { name: 'hospital_id', type: 'text', cell: (row) => cohort.hospitals[cohort.hospital[row]!]! },
      ...stayColumn(cohort, (row) => row),
      ...statics.map((variable, index) =>
        variableColumn(
          variable,
          cohort.statics,
          cohort.staticsObserved,
          (row) => row * statics.length + index,
        ),
      ),
      ...labels.map((variable, index) =>
        variableColumn(variable, cohort.labels, cohort.labelsObserved, (row) => row * labels.length + index),
      ),
    ],
    rows: cohort.size,
  };
}

/** Grid cells (stay · T + step) that get a row: those with an observed value, and each stay's last step, which gives its length. */
function writtenCells(cohort: Cohort): Float64Array {
  const { steps, features } = cohort.schema;
  const cells: number[] = [];
  for (let stay = 0; stay < cohort.size; stay++) {
    const length = cohort.length[stay]!;
    for (let t = 0; t < length; t++) {
      const cell = stay * steps + t;
      const start = cell * features.length;
      if (t === length - 1 || cohort.observed.subarray(start, start + features.length).includes(1))
        cells.push(cell);
    }
  }
  return Float64Array.from(cells);
}

/** The dynamic table: rows by stay in cohort order, then by step. */
export function dynamicColumns(cohort: Cohort): WrittenTable {
  const { steps, features } = cohort.schema;
  const cells = writtenCells(cohort);
  const stay = (row: number): number => Math.floor(cells[row]! / steps);
  return {
    columns: [
      { name: 'patient_id', type: 'text', cell: (row) => cohort.patients[stay(row)]! },
      { name: 'hospital_id', type: 'text', cell: (row) => cohort.hospitals[cohort.hospital[stay(row)]!]! },
      ...stayColumn(cohort, stay),
      { name: 't', type: 'integer', cell: (row) => cells[row]! % steps },
      ...features.map((variable, index) =>
        variableColumn(
          variable,
          cohort.values,
          cohort.observed,
          (row) => cells[row]! * features.length + index,
        ),
      ),
    ],
    rows: cells.length,
  };
}

import { CellFaults } from './cellFaults.js';
import { InputError } from './inputError.js';
import type { Table } from './table/table.js';
import { requireColumns, wantedVariable } from './tableColumns.js';
import type { Cohort, CohortSchema } from './types.js';

/** The part of a cohort that `static.*` holds: one stay a row, in file order. */
export type Statics = Pick<
  Cohort,
  'size' | 'hospital' | 'hospitals' | 'patients' | 'statics' | 'staticsObserved' | 'labels' | 'labelsObserved'
> & {
  /** Row of each patient, or of each stay when the table has the column stay_id. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Column that identifies a row: `stay_id` when the table has it, else `patient_id`. */
  readonly key: 'stay_id' | 'patient_id';
};

/** Longest id of a hospital, in characters. */
const LONGEST_ID = 200;

/** Ids of hospitals are printed and are keys of records. */
function requirePlainId(hospital: string, file: string, place: string): void {
  const fault =
    hospital.length > LONGEST_ID
      ? `${hospital.length} characters`
      : /\p{Cc}/u.test(hospital)
        ? 'a control character'
        : hospital === '__proto__'
          ? `"${hospital}"`
          : null;
  if (fault === null) return;
  throw new InputError({
    file,
    place,
    expected: `a hospital id of at most ${LONGEST_ID} printable characters`,
    found: fault,
    remedy: 'Rename the hospital.',
  });
}

/**
 * An id that went through a column of floats (`17.0`), as pandas makes of whole numbers with a gap among them, is another text than
 * the same id elsewhere: a patient in two parts would not be found.
 */
function requireNoFloat(id: string, file: string, column: string, row: number): void {
  if (!/^-?\d+\.0+$/.test(id)) return;
  throw new InputError({
    file,
    place: `column ${column}, row ${row}`,
    expected: 'an id as it is written everywhere else',
    found: 'a whole number with ".0" behind it',
    remedy: "Write ids as whole numbers or text (pandas: .astype('Int64') before writing).",
  });
}

interface Gathered {
  readonly values: Float32Array;
  readonly observed: Uint8Array;
}

function part(all: Gathered, size: number, width: number, from: number, to: number): Gathered {
  const values = new Float32Array(size * (to - from));
  const observed = new Uint8Array(size * (to - from));
  for (let row = 0; row < size; row++) {
    values.set(all.values.subarray(row * width + from, row * width + to), row * (to - from));
    observed.set(all.observed.subarray(row * width + from, row * width + to), row * (to - from));
  }
  return { values, observed };
}

/**
 * Reads `static.*`: patients, hospitals, statics and labels. A patient has one row, or several with different
 * `stay_id` when the table has that column.
 *
 * @throws InputError on a missing id, a stay twice, a patient twice or in two hospitals where there is no `stay_id`, wrong cells and a table without rows
 */
export async function readStatics(table: Table, schema: CohortSchema): Promise<Statics> {
  const variables = [...schema.statics, ...schema.labels];
  const width = variables.length;
  const key = table.columns.some(({ name }) => name === 'stay_id') ? 'stay_id' : 'patient_id';
  const wanted = [
    { name: 'patient_id', as: 'text' } as const,
    { name: 'hospital_id', as: 'text' } as const,
    ...(key === 'stay_id' ? [{ name: key, as: 'text' } as const] : []),
    ...variables.map(wantedVariable),
  ];
  requireColumns(table, wanted);
  const keyAt = key === 'stay_id' ? 2 : 0;
  const fail = (row: number, column: string, expected: string, found: string, remedy: string): never => {
    throw new InputError({
      file: table.file,
      place: `column ${column}, row ${row}`,
      expected,
      found,
      remedy,
    });
  };
  const faults = new CellFaults(table.file, variables);
  const patients: string[] = [];
  const hospitalOf: string[] = [];
  const rowOf = new Map<string, number>();
  const chunks: Gathered[] = [];
  for await (const { rows, texts, numbers } of table.read(wanted)) {
    const first = patients.length + 1;
    for (let row = 0; row < rows; row++) {
      const patient = texts[0]![row] ?? '';
      const hospital = texts[1]![row] ?? '';
      if (patient === '') fail(first + row, 'patient_id', 'a patient id', 'none', 'Fill in the id.');
      if (hospital === '') fail(first + row, 'hospital_id', 'a hospital id', 'none', 'Fill in the id.');
      requireNoFloat(patient, table.file, 'patient_id', first + row);
      requireNoFloat(hospital, table.file, 'hospital_id', first + row);
      requirePlainId(hospital, table.file, `column hospital_id, row ${first + row}`);
      const stay = texts[keyAt]![row] ?? '';
      if (stay === '') fail(first + row, key, 'an id', 'none', 'Fill in the id.');
      requireNoFloat(stay, table.file, key, first + row);
      const earlier = rowOf.get(stay);
      if (earlier !== undefined && key === 'stay_id')
        fail(
          first + row,
          'stay_id',
          'every stay in one row',
          `the stay of row ${earlier + 1} again`,
          'Give every stay an id of its own.',
        );
      if (earlier !== undefined)
        fail(
          first + row,
          'patient_id',
          'every patient in one row and one hospital',
          hospitalOf[earlier] === hospital
            ? `the patient of row ${earlier + 1} again`
            : `the patient of row ${earlier + 1} in another hospital`,
          'Keep one stay a patient, or add a column stay_id to both tables.',
        );
      rowOf.set(stay, patients.length);
      patients.push(patient);
      hospitalOf.push(hospital);
    }
    const offsets = Float64Array.from({ length: rows }, (_, row) => row * width);
    const chunk = { values: new Float32Array(rows * width), observed: new Uint8Array(rows * width) };
    for (let index = 0; index < width; index++)
      faults.take(
        index,
        numbers[wanted.length - width + index]!,
        rows,
        offsets,
        first,
        chunk.values,
        chunk.observed,
      );
    chunks.push(chunk);
  }
  faults.throwIfAny();
  const size = patients.length;
  if (size === 0)
    throw new InputError({
      file: table.file,
      expected: 'at least one stay',
      found: 'an empty cohort',
      remedy: 'Check the filter that wrote this cohort.',
    });
  const all: Gathered = { values: new Float32Array(size * width), observed: new Uint8Array(size * width) };
  let offset = 0;
  for (const chunk of chunks) {
    all.values.set(chunk.values, offset);
    all.observed.set(chunk.observed, offset);
    offset += chunk.values.length;
  }
  const hospitals = [...new Set(hospitalOf)].sort();
  const position = new Map(hospitals.map((id, index) => [id, index]));
  const statics = part(all, size, width, 0, schema.statics.length);
  const labels = part(all, size, width, schema.statics.length, width);
  return {
    size,
    patients,
    rowOf,
    key,
    hospitals,
    hospital: Uint16Array.from(hospitalOf, (id) => position.get(id)!),
    statics: statics.values,
    staticsObserved: statics.observed,
    labels: labels.values,
    labelsObserved: labels.observed,
  };
}

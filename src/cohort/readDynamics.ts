import { CellFaults } from './cellFaults.js';
import { InputError } from './inputError.js';
import { requireGridSize } from './sizeLimits.js';
import type { Statics } from './readStatics.js';
import { cellMark, type Table } from './table/table.js';
import { requireColumns, wantedVariable } from './tableColumns.js';
import type { Cohort, CohortSchema } from './types.js';

const hours = (count: number): string => (count === 1 ? 'one hour' : `${count} hours`);

/** What stands in a cell of `t` that holds no integer, and how to mend it. */
function noStep(cell: number, stepHours: number): { readonly found: string; readonly remedy: string } {
  if (Number.isNaN(cell)) return { found: 'an empty cell', remedy: 'Fill in the step of every row.' };
  const found = cell === cellMark.noNumber ? 'text' : 'a number with decimals, or none that is finite';
  return {
    found,
    remedy: `Turn times into whole steps of ${hours(stepHours)} since admission, rounded down, from 0.`,
  };
}

/**
 * Reads `dynamic.*` onto the grid. The length of a stay is its last row's step + 1.
 *
 * @param staticFile the other table, as named in messages
 * @throws InputError on steps outside the grid, a (patient, t) twice, patients or hospitals that disagree with
 * `static.*`, wrong cells and patients without a row
 */
export async function readDynamics(
  table: Table,
  schema: CohortSchema,
  statics: Statics,
  staticFile: string,
): Promise<Pick<Cohort, 'values' | 'observed' | 'length'>> {
  const { features, steps } = schema;
  const wanted = [
    { name: 'patient_id', as: 'text' } as const,
    { name: 'hospital_id', as: 'text' } as const,
    { name: 't', as: 'step' } as const,
    ...(statics.key === 'stay_id' ? [{ name: 'stay_id', as: 'text' } as const] : []),
    ...features.map(wantedVariable),
  ];
  requireColumns(table, wanted);
  const keyAt = statics.key === 'stay_id' ? 3 : 0;
  const fail = (place: string, expected: string, found: string, remedy: string): never => {
    throw new InputError({ file: table.file, place, expected, found, remedy });
  };
  requireGridSize(table.file, { stays: statics.size, steps, features: features.length });
  const values = new Float32Array(statics.size * steps * features.length);
  const observed = new Uint8Array(values.length);
  const length = new Uint16Array(statics.size);
  const seen = new Uint8Array(statics.size * steps);
  const strangers = new Set<string>();
  let firstStranger = 0;
  const faults = new CellFaults(table.file, features);
  let first = 1;
  let fromZero = false;
  let offsets = new Float64Array(0);
  for await (const { rows, texts, numbers } of table.read(wanted)) {
    if (offsets.length < rows) offsets = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const place = (column: string): string => `column ${column}, row ${first + row}`;
      const patient = texts[0]![row] ?? '';
      const t = numbers[2]![row]!;
      if (patient === '') fail(place('patient_id'), 'a patient id', 'none', 'Fill in the id.');
      if (!Number.isInteger(t)) {
        const { found, remedy } = noStep(t, schema.stepHours);
        fail(place('t'), 'an integer step from 0', found, remedy);
      }
      if (t < 0)
        fail(
          place('t'),
          'a step from 0',
          'a negative step',
          'Count steps from ICU admission; leave earlier rows out.',
        );
      if (t === 0) fromZero = true;
      if (t >= steps)
        fail(
          place('t'),
          `steps 0 to ${steps - 1}`,
          t === steps && !fromZero ? `step ${t}, and no step 0 before` : `step ${t}`,
          t === steps && !fromZero
            ? 'Count steps from 0: subtract 1.'
            : `Leave later rows out, or raise \`steps\` in cohort.json; a step is ${hours(schema.stepHours)} since admission, no second or minute.`,
        );
      const stay = statics.rowOf.get(texts[keyAt]![row] ?? '');
      if (stay === undefined) {
        if (strangers.size === 0) firstStranger = first + row;
        strangers.add(texts[keyAt]![row] ?? '');
        continue;
      }
      const hospital = texts[1]![row] ?? '';
      if (hospital !== statics.hospitals[statics.hospital[stay]!])
        fail(
          place('hospital_id'),
          `the hospital that ${staticFile} gives for the patient`,
          hospital === '' ? 'none' : 'another hospital',
          'Give every stay one hospital.',
        );
      if (patient !== statics.patients[stay])
        fail(
          place('patient_id'),
          `the patient that ${staticFile} gives for the stay`,
          'another patient',
          'Give every stay one patient.',
        );
      const cell = stay * steps + t;
      if (seen[cell] === 1)
        fail(
          place('t'),
          'one row for a patient and step',
          `step ${t} of the same patient again`,
          'Merge the rows of one step.',
        );
      seen[cell] = 1;
      length[stay] = Math.max(length[stay]!, t + 1);
      offsets[row] = cell * features.length;
    }
    if (strangers.size === 0)
      for (let feature = 0; feature < features.length; feature++)
        faults.take(
          feature,
          numbers[wanted.length - features.length + feature]!,
          rows,
          offsets,
          first,
          values,
          observed,
        );
    first += rows;
    // Every cell of the grid has at most one row, so there are strangers among these.
    if (first - 1 > statics.size * steps) break;
  }
  if (strangers.size > 0)
    fail(
      `column patient_id, row ${firstStranger}`,
      `only patients of ${staticFile}`,
      `${strangers.size} other ${strangers.size === 1 ? 'patient' : 'patients'}`,
      'Write a row with hospital, statics and labels for every patient.',
    );
  faults.throwIfAny();
  const absent = length.reduce((count, steps) => count + (steps === 0 ? 1 : 0), 0);
  if (absent > 0)
    throw new InputError({
      file: staticFile,
      place: `column patient_id, row ${length.indexOf(0) + 1}`,
      expected: `only patients of ${table.file}`,
      found: `${absent} ${absent === 1 ? 'patient' : 'patients'} without any step there`,
      remedy: 'Leave out patients without steps, or write at least their last step (with all features null).',
    });
  return { values, observed, length };
}

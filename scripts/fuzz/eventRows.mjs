// Event tables in memory, as a reader of files hands them over: rows of the valid event cohort of test/fixtures/malformed, mostly right.
import fc from 'fast-check';

/** Rows of a dozen cells are to be right in most cases, or the first wrong cell hides what comes after it. */
const mostly = (right, ...others) =>
  fc.oneof({ weight: 150, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const idCell = (right, ...others) => mostly(fc.constant(right), ...others);
const oddTexts = ['', null, 'zz', '__proto__', 'toString', '\ud800', 'x'.repeat(300)];
const oddNumbers = [
  ...[-1, -0, 0.5, 181, 2 ** 31, 2 ** 32, 1e300, 5e-324],
  ...[Number.NaN, Infinity, -Infinity],
];
const numberCell = (fitting) => mostly(fitting, ...oddNumbers);
/** In a column of one table: a number in its rows, nothing in those of the other. */
const ownNumberCell = (own) =>
  numberCell(own ? fc.double({ noNaN: true, noDefaultInfinity: true }) : fc.constant(Number.NaN));
const stays = ['a1', 'a2', 'b1', 'b2'];
const textCell = (known) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(known, null) },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
  );

/** A row of the event table of the valid cohort, mostly a right one. */
const eventRow = fc.tuple(fc.constantFrom(...stays), fc.constantFrom('lab', 'drug')).chain(([id, table]) =>
  fc.record({
    patient_id: idCell(id, ...stays, ...oddTexts),
    hospital_id: idCell(id[0].toUpperCase(), 'A', 'B', ...oddTexts),
    stay_id: idCell(`s${id}`, 'sa1', ...oddTexts),
    table: idCell(table, 'lab', 'drug', ...oddTexts),
    minute: numberCell(fc.integer({ min: 0, max: 180 })),
    item: textCell(table === 'lab' ? 'Heart rate' : 'Aspirin'),
    result: ownNumberCell(table === 'lab'),
    unit: idCell(table === 'lab' ? 'bpm' : null, '', null, 'hz'),
    dose: ownNumberCell(table === 'drug'),
  }),
);
export const eventRows = fc.record({
  rows: fc.array(eventRow, { maxLength: 12 }),
  chunk: fc.integer({ min: 1, max: 12 }),
  without: mostly(fc.constant(null), 'minute', 'unit', 'stay_id'),
});

/** Rows as the table of a file that `readEvents` reads. */
export const tableOf = ({ rows, chunk, without }) => ({
  file: 'events.parquet',
  columns: ['patient_id', 'hospital_id', 'stay_id', 'table', 'minute', 'item', 'result', 'unit', 'dose']
    .filter((name) => name !== without)
    .map((name) => ({ name, content: 'text-of-anything', declared: 'text' })),
  async *read(wanted) {
    for (let at = 0; at < rows.length; at += chunk) {
      const part = rows.slice(at, at + chunk);
      yield await Promise.resolve({
        rows: part.length,
        texts: wanted.map(({ name, as }) => (as === 'text' ? part.map((row) => row[name]) : null)),
        numbers: wanted.map(({ name, as }) =>
          as === 'text' ? null : Float64Array.from(part, (row) => row[name]),
        ),
      });
    }
  },
});

/** Stays of the valid event cohort as the reader of its static table gives them. */
export const staticsOfEvents = {
  size: 4,
  hospitals: ['A', 'B'],
  hospital: Uint16Array.from([0, 0, 1, 1]),
  patients: stays,
  stays: stays.map((id) => `s${id}`),
  statics: new Float32Array(4),
  staticsObserved: new Uint8Array(4),
  labels: new Float32Array(4),
  labelsObserved: new Uint8Array(4),
  rowOf: new Map(stays.map((id, at) => [`s${id}`, at])),
  key: 'stay_id',
};

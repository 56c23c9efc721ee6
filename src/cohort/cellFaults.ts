import { InputError } from './inputError.js';
import { cellMark } from './table/table.js';
import type { Variable } from './types.js';

const faults = [
  'not a number',
  'NaN or infinite',
  'below its range',
  'above its range',
  'neither 0 nor 1',
  'not one of its levels',
] as const;
type Fault = (typeof faults)[number];

function found(fault: Fault, cells: number): string {
  return `${cells} ${cells === 1 ? 'cell' : 'cells'} ${fault}`;
}

function expected({ kind, range, unit, levels }: Variable): string {
  if (kind === 'binary') return '0 or 1';
  if (kind === 'categorical') return `one of the levels ${(levels ?? []).join(', ')}`;
  const measured = unit === undefined ? '' : ` ${unit}`;
  return range === undefined ? 'finite numbers' : `finite numbers from ${range[0]} to ${range[1]}${measured}`;
}

const remedies: Readonly<Record<Fault, string>> = {
  'not a number': 'Write numbers with a decimal point; leave the cell empty where nothing was observed.',
  'NaN or infinite': 'Write null (an empty cell) where nothing was observed.',
  'below its range': 'Leave implausible values out (null), or widen the range in cohort.json.',
  'above its range': 'Leave implausible values out (null), or widen the range in cohort.json.',
  'neither 0 nor 1': 'Write 0 or 1, null where unknown; or declare another kind in cohort.json.',
  'not one of its levels': 'Spell the level as in cohort.json, or add it there.',
};

const remedyFor = (fault: Fault, { kind }: Variable): string =>
  fault === 'not a number' && kind === 'binary'
    ? 'Write 0 and 1 (or true and false), and leave the cell empty where it is unknown.'
    : remedies[fault];

/**
 * Takes the cells of one table's variables, checks each against its variable and counts what is wrong. Messages hold
 * counts, column and the first row's number; never a patient's value.
 */
export class CellFaults {
  private readonly counts: Float64Array;
  private readonly firstRows: Float64Array;

  constructor(
    private readonly file: string,
    private readonly variables: readonly Variable[],
  ) {
    this.counts = new Float64Array(variables.length * faults.length);
    this.firstRows = new Float64Array(variables.length * faults.length);
  }

  private count(variable: number, fault: Fault, row: number): void {
    const slot = variable * faults.length + faults.indexOf(fault);
    if (this.counts[slot]! === 0) this.firstRows[slot] = row;
    this.counts[slot]! += 1;
  }

  /**
   * Copies one column's cells that hold a value to `values` and marks them in `observed`.
   *
   * @param cells numbers with the marks of `cellMark`
   * @param offsets position of each row's first variable in `values`
   * @param firstRow number of the first row, from 1
   */
  take(
    variable: number,
    cells: Float64Array,
    rows: number,
    offsets: Float64Array,
    firstRow: number,
    values: Float32Array | Float64Array,
    observed: Uint8Array,
  ): void {
    const narrow = values instanceof Float32Array;
    const { kind, range } = this.variables[variable]!;
    // Bounds as the grid's own 32-bit numbers, so that a value on the bound stays on it.
    const low = Math.fround(range?.[0] ?? -Infinity);
    const high = Math.fround(range?.[1] ?? Infinity);
    for (let row = 0; row < rows; row++) {
      const cell = cells[row]!;
      if (Number.isNaN(cell)) continue;
      const value = narrow ? Math.fround(cell) : cell;
      if (cell === cellMark.noNumber) this.count(variable, 'not a number', firstRow + row);
      else if (cell === cellMark.notFinite) this.count(variable, 'NaN or infinite', firstRow + row);
      else if (kind === 'binary' && value !== 0 && value !== 1)
        this.count(variable, 'neither 0 nor 1', firstRow + row);
      else if (kind === 'categorical' && value === cellMark.unknownLevel)
        this.count(variable, 'not one of its levels', firstRow + row);
      else if (value < low) this.count(variable, 'below its range', firstRow + row);
      else if (value > high) this.count(variable, 'above its range', firstRow + row);
      else if (value === Infinity || value === -Infinity)
        this.count(variable, 'NaN or infinite', firstRow + row);
      else {
        values[offsets[row]! + variable] = value;
        observed[offsets[row]! + variable] = 1;
      }
    }
  }

  /** @throws InputError about the first faulty column, saying how many further columns are faulty */
  throwIfAny(): void {
    const faulty = this.variables.flatMap((variable, index) =>
      faults.flatMap((fault, kind) => {
        const slot = index * faults.length + kind;
        return this.counts[slot]! > 0 ? [{ variable, fault, slot }] : [];
      }),
    );
    const first = faulty[0];
    if (first === undefined) return;
    const others = new Set(faulty.map(({ variable }) => variable.name)).size - 1;
    throw new InputError({
      file: this.file,
      place: `column ${first.variable.name}, row ${this.firstRows[first.slot]!}`,
      expected: expected(first.variable),
      found: `${found(first.fault, this.counts[first.slot]!)}${others === 0 ? '' : ` (and faults in ${others} further ${others === 1 ? 'column' : 'columns'})`}`,
      remedy: remedyFor(first.fault, first.variable),
    });
  }
}

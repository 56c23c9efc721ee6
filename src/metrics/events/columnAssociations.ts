import type { Mode } from './eventSides.js';
import type { CategoryView, ColumnView, TableView } from './eventView.js';

/**
 * Associations of the columns of a table among some rows, [columns · columns] row-major, each on the rows where both columns have a
 * value: Pearson correlation of numbers, correlation ratio η of a number by a category, Theil's U(row | column) of categories.
 * NaN = undefined: fewer than two such rows, a constant number, a constant category in Theil's U or η.
 *
 * Paper mode, as released: U of the upper half copied to the lower one, constant category U = 1, everything else that is undefined 0,
 * the diagonal 1.
 */
export function columnAssociations(table: TableView, rows: Uint32Array, mode: Mode): Float64Array {
  const { columns } = table;
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = mode === 'paper' ? 1 : Number.NaN;
    for (let j = i + 1; j < size; j++) {
      const [forth, back] = association(columns[i]!, columns[j]!, rows, mode);
      matrix[i * size + j] = forth;
      matrix[j * size + i] = back;
    }
  }
  return matrix;
}

function association(
  first: ColumnView,
  second: ColumnView,
  rows: Uint32Array,
  mode: Mode,
): readonly [number, number] {
  if (first.kind === 'categorical' && second.kind === 'categorical')
    return uncertainties(first, second, rows, mode);
  const value =
    first.kind === 'continuous'
      ? second.kind === 'continuous'
        ? pearson(first.numbers, second.numbers, rows)
        : correlationRatio(second, first.numbers, rows, mode)
      : second.kind === 'continuous'
        ? correlationRatio(first, second.numbers, rows, mode)
        : Number.NaN;
  const told = mode === 'paper' && Number.isNaN(value) ? 0 : value;
  return [told, told];
}

/** Pearson correlation on the rows with both numbers; NaN with fewer than two or a constant side. */
export function pearson(x: Float64Array, y: Float64Array, rows: Uint32Array): number {
  let [n, meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const row of rows) {
    const [a, b] = [x[row]!, y[row]!];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    n++;
    const [da, db] = [a - meanX, b - meanY];
    meanX += da / n;
    meanY += db / n;
    xx += da * (a - meanX);
    yy += db * (b - meanY);
    xy += da * (b - meanY);
  }
  const scale = Math.max(meanX * meanX, 1e-30);
  const scaleY = Math.max(meanY * meanY, 1e-30);
  // Equal numbers give a sum of squares of rounding errors, not of 0.
  if (n < 2 || xx <= n * scale * 1e-24 || yy <= n * scaleY * 1e-24) return Number.NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** η = √(between / total sum of squares) of the numbers by category; 0 when nothing lies between, NaN without spread in all. */
function correlationRatio(
  { codes, levels }: CategoryView,
  numbers: Float64Array,
  rows: Uint32Array,
  mode: Mode,
): number {
  const sums = new Float64Array(levels.length);
  const counts = new Uint32Array(levels.length);
  let [n, mean, total] = [0, 0, 0];
  for (const row of rows) {
    const [code, value] = [codes[row]!, numbers[row]!];
    if (code < 0 || Number.isNaN(value)) continue;
    n++;
    const delta = value - mean;
    mean += delta / n;
    total += delta * (value - mean);
    sums[code]! += value;
    counts[code]!++;
  }
  if (n < 2 || total <= n * Math.max(mean * mean, 1e-30) * 1e-24) return Number.NaN;
  let [between, groups] = [0, 0];
  counts.forEach((count, code) => {
    if (count === 0) return;
    groups++;
    between += count * (sums[code]! / count - mean) ** 2;
  });
  if (groups < 2) return mode === 'paper' ? 0 : Number.NaN;
  return Math.sqrt(Math.min(1, between / total));
}

/** Theil's U(first | second) and U(second | first): the share of the entropy of one that the other tells. */
function uncertainties(
  first: CategoryView,
  second: CategoryView,
  rows: Uint32Array,
  mode: Mode,
): readonly [number, number] {
  const [x, y] = [new Uint32Array(first.levels.length), new Uint32Array(second.levels.length)];
  const pairs = new Map<number, number>();
  let n = 0;
  for (const row of rows) {
    const [a, b] = [first.codes[row]!, second.codes[row]!];
    if (a < 0 || b < 0) continue;
    n++;
    x[a]!++;
    y[b]!++;
    const key = a * second.levels.length + b;
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  if (n === 0) return mode === 'paper' ? [0, 0] : [Number.NaN, Number.NaN];
  const constant = mode === 'paper' ? 1 : Number.NaN;
  const [hx, hy, joint] = [entropy(x, n), entropy(y, n), entropy(pairs.values(), n)];
  const told = (own: number, other: number): number =>
    own <= 0 ? constant : Math.max(0, Math.min(1, (own + other - joint) / own));
  const forth = n < 2 && mode === 'strict' ? Number.NaN : told(hx, hy);
  return [forth, mode === 'paper' ? forth : n < 2 ? Number.NaN : told(hy, hx)];
}

function entropy(counts: Iterable<number>, n: number): number {
  let sum = 0;
  let levels = 0;
  for (const count of counts) {
    if (count === 0) continue;
    levels++;
    sum -= (count / n) * Math.log(count / n);
  }
  return levels <= 1 ? 0 : sum;
}

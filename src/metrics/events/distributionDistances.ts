import { jensenShannonDistance } from '../../stats/jensenShannon.js';
import { mergeSamples, sortSample, twoSampleDistances, twoSampleReplicates } from '../../stats/twoSample.js';
import type { Mode } from './eventSides.js';
import { jointCategories, type ColumnView } from './eventView.js';

/** Largest natural-log Jensen–Shannon distance, √ln 2: no category in common. */
export const DISJOINT = Math.sqrt(Math.LN2);

/** Rows of one side: row numbers of a table, the stay of each row of the table, the number of stays, bootstrap draws. */
export interface Side {
  readonly rows: Uint32Array;
  readonly stay: Uint32Array;
  readonly stays: number;
  /** How often every stay counts, one entry a resample. */
  readonly draws: readonly Uint16Array[];
}

/** One distance and its bootstrap replicates; null = not defined. */
export interface DistanceReplicates {
  readonly point: number | null;
  readonly resampled: readonly (number | null)[];
}

/**
 * Distance of one column between two sets of rows: two-sample Kolmogorov–Smirnov statistic of numbers, Jensen–Shannon distance
 * √JSD in natural logarithms of categories; cells without a value are left out. Values on one side only: 1 and √ln 2 in strict
 * mode, null in paper mode (which also rounds to three decimals). Null when neither side has a value.
 */
export function columnDistance(
  real: ColumnView,
  synthetic: ColumnView,
  ofReal: Side,
  ofSynthetic: Side,
  mode: Mode,
): DistanceReplicates {
  const paper = mode === 'paper';
  const finish = (distance: number | null, worst: number): number | null => {
    if (distance === null) return paper ? null : worst;
    return paper ? roundToThree(distance) : distance;
  };
  if (real.kind === 'continuous' && synthetic.kind === 'continuous') {
    const [first, second] = [sorted(real.numbers, ofReal), sorted(synthetic.numbers, ofSynthetic)];
    if (first.values.length + second.values.length === 0) return nothing(ofReal);
    const merged = mergeSamples(first, second);
    return {
      point: finish(twoSampleDistances(merged, once(ofReal), once(ofSynthetic))?.ks ?? null, 1),
      resampled: twoSampleReplicates(merged, ofReal.draws, ofSynthetic.draws).map((pair) =>
        finish(pair?.ks ?? null, 1),
      ),
    };
  }
  if (real.kind !== 'categorical' || synthetic.kind !== 'categorical')
    throw new Error('the two sides of a column have different kinds');
  const joint = jointCategories(real, synthetic);
  const [p, q] = [cellCounts(joint.first, ofReal), cellCounts(joint.second, ofSynthetic)];
  if (p.count.length + q.count.length === 0) return nothing(ofReal);
  const [a, b] = [new Float64Array(joint.size), new Float64Array(joint.size)];
  const distance = (first: Uint16Array | null, second: Uint16Array | null): number | null => {
    weigh(p, first, a);
    weigh(q, second, b);
    return jensenShannonNats(a, b);
  };
  return {
    point: finish(distance(null, null), DISJOINT),
    resampled: ofReal.draws.map((draw, i) => finish(distance(draw, ofSynthetic.draws[i]!), DISJOINT)),
  };
}

const nothing = ({ draws }: Side): DistanceReplicates => ({ point: null, resampled: draws.map(() => null) });

const once = ({ stays }: Side): Uint16Array => new Uint16Array(stays).fill(1);

/** As numpy rounds: halves to the even digit. */
function roundToThree(value: number): number {
  const scaled = value * 1000;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (floor + (up ? 1 : 0)) / 1000;
}

function sorted(numbers: Float64Array, { rows, stay, stays }: Side): ReturnType<typeof sortSample> {
  const values = new Float32Array(rows.length);
  const owner = new Uint32Array(rows.length);
  let known = 0;
  for (const row of rows) {
    const value = numbers[row]!;
    if (Number.isNaN(value)) continue;
    values[known] = value;
    owner[known++] = stay[row]!;
  }
  return sortSample(values.subarray(0, known), owner.subarray(0, known), stays);
}

/** How often a stay has a category, a run of equal pairs an entry. */
interface CellCounts {
  readonly stay: Uint32Array;
  readonly code: Uint32Array;
  readonly count: Uint32Array;
}

function cellCounts(codes: Int32Array, { rows, stay }: Side): CellCounts {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const code = codes[row]!;
    if (code < 0) continue;
    const key = stay[row]! * 2 ** 20 + code;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = Float64Array.from(counts.keys());
  return {
    stay: Uint32Array.from(keys, (key) => Math.floor(key / 2 ** 20)),
    code: Uint32Array.from(keys, (key) => key % 2 ** 20),
    count: Uint32Array.from(counts.values()),
  };
}

function weigh({ stay, code, count }: CellCounts, weights: Uint16Array | null, into: Float64Array): void {
  into.fill(0);
  for (let i = 0; i < count.length; i++)
    into[code[i]!]! += count[i]! * (weights === null ? 1 : weights[stay[i]!]!);
}

/** √JSD of two vectors of counts in natural logarithms, in [0, √ln 2]; null when one of them is empty. */
function jensenShannonNats(first: ArrayLike<number>, second: ArrayLike<number>): number | null {
  const distance = jensenShannonDistance(first, second);
  return distance === null ? null : DISJOINT * distance;
}

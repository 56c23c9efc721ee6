import { random, type Random } from '../../engine/random.js';
import { trainBoostedClasses } from '../../stats/boostedClasses.js';
import { trainBoostedRegression } from '../../stats/boostedRegression.js';
import type { BoostingOptions } from '../../stats/gradientBoosting.js';
import type { Mode } from './eventSides.js';
import type { EventView, TableView } from './eventView.js';
import { rowTexts } from './rowTexts.js';
import { tableDesign, type TableRows } from './tableDesign.js';

/** Most rows that a model learns from and that it is tested on; more are thinned out at random. */
export const MOST_ROWS = 1000;

/** Most classes of a column that are asked for: its most frequent ones in real train. */
export const MOST_CLASSES = 20;

export const BOOSTING: BoostingOptions = {
  trees: 50,
  maxLeaves: 16,
  maxDepth: 4,
  learningRate: 0.3,
  minLeaf: 1,
  lambda: 1,
};

/** How well one column is foretold on the test rows. */
export interface ColumnPrediction {
  readonly column: string;
  /** Error of every test row: 0/1 of a category, |a − p|/(|a| + |p|) of a number. */
  readonly errors: Float64Array;
  /** Stay of every test row. */
  readonly stay: Uint32Array;
}

export type PredictedKind = 'continuous' | 'categorical';

/**
 * Errors of boosted trees that learn one column of a table after the other from the rest on `training` and foretell it on `test`;
 * columns of the other kind, and those that cannot be tested, are not among them. In strict mode `train`, `test` and `seed` alone
 * decide which rows are tested.
 *
 * @param train the whole real training part, whatever is learnt from: its rows leave the test, its classes are asked for
 */
export function predictColumns(
  training: EventView,
  train: EventView,
  test: EventView,
  kind: PredictedKind,
  mode: Mode,
  seed: number,
): readonly (readonly ColumnPrediction[])[] {
  const texts = [training, train, test].map(rowTexts);
  return train.tables.map((real, k) => {
    const [ofTraining, ofTrain, ofTest] = texts.map((tables) => tables[k]!);
    // Released code: test rows that occur in real train or in the synthetic rows go, so the test set depends on what is tested.
    const known = new Set(mode === 'paper' ? [...ofTrain!, ...ofTraining!] : ofTrain!);
    const learnt: TableRows = { table: training.tables[k]!, rows: distinct(ofTraining!) };
    const tested: TableRows = { table: test.tables[k]!, rows: distinct(ofTest!, known) };
    const reference: TableRows = { table: real, rows: distinct(ofTrain!) };
    return real.columns.flatMap((column, c) => {
      if (column.kind !== kind) return [];
      // A stream each: how many rows there are to learn from must not move the rows that are tested.
      const thin: Thinning = {
        learnt: (rows) => thinned(rows, random(seed, 'learnt rows', real.name, column.name)),
        tested: (rows) => thinned(rows, random(seed, 'tested rows', real.name, column.name)),
      };
      const found =
        kind === 'categorical'
          ? classErrors(learnt, reference, tested, c, mode, thin)
          : numberErrors(learnt, tested, c, mode, thin);
      return found === null ? [] : [{ column: `${real.name}.${column.name}`, ...found }];
    });
  });
}

function distinct(texts: readonly string[], without: ReadonlySet<string> = new Set()): Uint32Array {
  const seen = new Set(without);
  const rows: number[] = [];
  texts.forEach((text, row) => {
    if (seen.has(text)) return;
    seen.add(text);
    rows.push(row);
  });
  return Uint32Array.from(rows);
}

type Thinning = Readonly<Record<'learnt' | 'tested', (rows: Uint32Array) => Uint32Array>>;

function thinned(rows: Uint32Array, stream: Random): Uint32Array {
  if (rows.length <= MOST_ROWS) return rows;
  return stream
    .permutation(rows.length)
    .subarray(0, MOST_ROWS)
    .map((place) => rows[place]!)
    .sort();
}

type Errors = Omit<ColumnPrediction, 'column'>;

function numberErrors(
  learnt: TableRows,
  tested: TableRows,
  target: number,
  mode: Mode,
  thin: Thinning,
): Errors | null {
  const filled = ({ table, rows }: TableRows): Uint32Array =>
    rows.filter((row) => !Number.isNaN(numbersOf(table, target)[row]!));
  const [training, test] = [thin.learnt(filled(learnt)), thin.tested(filled(tested))];
  if (test.length === 0) return null;
  const stay = test.map((row) => tested.table.stay[row]!);
  if (training.length === 0)
    return mode === 'paper' ? null : { errors: new Float64Array(test.length).fill(1), stay };
  const source = { table: learnt.table, rows: training };
  const encoding = tableDesign(source, target);
  const all = Uint32Array.from({ length: Math.max(training.length, test.length) }, (_, i) => i);
  const wanted = Float64Array.from(training, (row) => numbersOf(learnt.table, target)[row]!);
  const model = trainBoostedRegression(
    encoding.design(source),
    wanted,
    all.subarray(0, training.length),
    BOOSTING,
  );
  const foretold = model.score(
    encoding.design({ table: tested.table, rows: test }),
    all.subarray(0, test.length),
  );
  const errors = foretold.map((guess, i) => relativeError(numbersOf(tested.table, target)[test[i]!]!, guess));
  return { errors, stay };
}

/** |a − p|/(|a| + |p|) in [0, 1]; 0 when both are 0. */
export function relativeError(actual: number, foretold: number): number {
  const scale = Math.abs(actual) + Math.abs(foretold);
  return scale === 0 ? 0 : Math.abs(actual - foretold) / scale;
}

const numbersOf = (table: TableView, c: number): Float64Array => {
  const column = table.columns[c]!;
  if (column.kind !== 'continuous') throw new Error(`column ${column.name} is not numeric`);
  return column.numbers;
};

/** Category of every row as text; null = missing. */
function classesOf({ table, rows }: TableRows, c: number): (string | null)[] {
  const column = table.columns[c]!;
  if (column.kind !== 'categorical') throw new Error(`column ${column.name} is not categorical`);
  return [...rows].map((row) => (column.codes[row]! < 0 ? null : column.levels[column.codes[row]!]!));
}

function classErrors(
  learnt: TableRows,
  reference: TableRows,
  tested: TableRows,
  target: number,
  mode: Mode,
  thin: Thinning,
): Errors | null {
  const kept = frequentClasses(classesOf(reference, target), mode);
  const withClass = (rows: TableRows, wanted: ReadonlySet<string>): Uint32Array => {
    const classes = classesOf(rows, target);
    return rows.rows.filter((_, i) => classes[i] !== null && wanted.has(classes[i]!));
  };
  const training = thin.learnt(withClass(learnt, kept));
  const source = { table: learnt.table, rows: training };
  const own = classesOf(source, target).map(String);
  const levels = [...new Set(own)].sort();
  // Released code: classes that the training rows lack leave the test, and a column with one class is skipped.
  if (mode === 'paper' && levels.length < 2) return null;
  const test = thin.tested(withClass(tested, mode === 'paper' ? new Set(levels) : kept));
  if (test.length === 0) return null;
  const stay = test.map((row) => tested.table.stay[row]!);
  if (levels.length < 2)
    return kept.size < 2 ? null : { errors: new Float64Array(test.length).fill(1), stay };
  const encoding = tableDesign(source, target);
  const place = new Map(levels.map((level, code) => [level, code]));
  const all = Uint32Array.from({ length: Math.max(training.length, test.length) }, (_, i) => i);
  const model = trainBoostedClasses(
    encoding.design(source),
    own.map((level) => place.get(level)!),
    levels.length,
    all.subarray(0, training.length),
    BOOSTING,
  );
  const tests = { table: tested.table, rows: test };
  const shares = model.probabilities(encoding.design(tests), all.subarray(0, test.length));
  const errors = Float64Array.from(classesOf(tests, target), (actual, i) => {
    let best = 0;
    for (let code = 1; code < levels.length; code++)
      if (shares[i * levels.length + code]! > shares[i * levels.length + best]!) best = code;
    return levels[best] === actual ? 0 : 1;
  });
  return { errors, stay };
}

/** Classes of real train that are frequent enough to be asked for. */
function frequentClasses(classes: readonly (string | null)[], mode: Mode): ReadonlySet<string> {
  const counts = new Map<string, number>();
  let n = 0;
  for (const one of classes) {
    if (one === null) continue;
    n++;
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const least = Math.max(Math.floor(0.001 * n), mode === 'strict' ? 5 : 0);
  const kept = [...counts].filter(([, count]) => count >= least);
  const byFrequency = kept.sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
  return new Set(byFrequency.slice(0, MOST_CLASSES).map(([one]) => one));
}

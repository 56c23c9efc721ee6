import { RandomForestRegression } from 'ml-random-forest';
import { InputError } from '../../cohort/inputError.js';
import { random as randomStream } from '../../engine/random.js';
import { fitLogistic, linearPredictor } from '../../stats/logisticRegression.js';

/** Learns from a training side and scores a test side; higher = more likely positive. */
export type Classifier = (
  training: Float64Array,
  outcome: Uint8Array,
  test: Float64Array,
  columns: number,
) => Float64Array | Promise<Float64Array>;

/**
 * Penalty λ per training stay on standardised columns; scikit-learn's C = 1/(λ·n). Hundreds of correlated columns and few
 * positives need a strong one.
 */
const LAMBDA_PER_STAY = 0.1;

/** ml-random-forest searches splits in quadratic time, so it learns from at most this many stays … */
export const FOREST_STAYS = 250;
const FOREST_TREES = 30;
/** … and each tree from this share of the columns. */
const FOREST_COLUMNS = 0.1;

export const classifierDefinitions =
  `model=logistic: L2-penalised logistic regression (λ = ${LAMBDA_PER_STAY} times the number of training stays, intercept free), Newton's method on the engine. ` +
  `model=forest: ml-random-forest, ${FOREST_TREES} regression trees on the 0/1 outcome, each on a bootstrap of at most ${FOREST_STAYS} stays (seeded subsample, half of it positive as far as there are so many; an AUROC does not depend on the class ratio) and ${FOREST_COLUMNS * 100} % of the columns.`;

const logistic: Classifier = async (training, outcome, test, columns) =>
  linearPredictor(await fitLogistic(training, columns, outcome, LAMBDA_PER_STAY * outcome.length), test);

const forest: Classifier = (training, outcome, test, columns) => {
  const stream = randomStream('utility-forest', outcome.length);
  const order = [...stream.permutation(outcome.length)];
  const positives = order.filter((row) => outcome[row] === 1).slice(0, FOREST_STAYS / 2);
  const negatives = order.filter((row) => outcome[row] === 0).slice(0, FOREST_STAYS - positives.length);
  const rows = [...positives, ...negatives].sort((a, b) => a - b);
  const model = new RandomForestRegression({
    nEstimators: FOREST_TREES,
    maxFeatures: Math.max(1, Math.floor(columns * FOREST_COLUMNS)),
    replacement: false,
    seed: 42,
    useSampleBagging: true,
    noOOB: true, // its out-of-bag pass throws when a row is never out of bag
    treeOptions: { minNumSamples: 5, maxDepth: 12 },
  });
  model.train(
    rows.map((row) => rowOf(training, row, columns)),
    rows.map((row) => outcome[row]!),
  );
  const testRows = Array.from({ length: test.length / columns }, (_, row) => rowOf(test, row, columns));
  return Float64Array.from(model.predict(testRows));
};

const classifiers: Readonly<Record<string, Classifier>> = { logistic, forest };

/** The classifier of metric parameter `model`. */
export function classifierNamed(name: unknown): Classifier {
  const found = typeof name === 'string' && Object.hasOwn(classifiers, name) ? classifiers[name] : undefined;
  if (found !== undefined) return found;
  throw new InputError({
    expected: Object.keys(classifiers).join(' or '),
    found: String(name),
    place: 'metric parameter model',
    remedy: 'Use logistic for the headline value.',
  });
}

function rowOf(design: Float64Array, row: number, columns: number): number[] {
  return [...design.subarray(row * columns, (row + 1) * columns)];
}

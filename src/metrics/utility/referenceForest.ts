import { random as randomStream } from '../../engine/random.js';
import { fitDesign } from './design.js';
import { rowsByClass, type Examples, type Fitted } from './examples.js';

/** ml-random-forest searches splits in quadratic time, so it learns from at most this many stays … */
const STAYS = 250;
const TREES = 30;
/** … and each tree from this share of the columns. */
const COLUMNS = 0.1;

export const referenceForestDefinition = `model=forest-reference: ml-random-forest, an independent implementation for small samples: ${TREES} regression trees on the 0/1 outcome, each on a bootstrap of at most ${STAYS} stays (seeded subsample, half of it positive as far as there are so many, so that its probabilities are not calibrated) and ${COLUMNS * 100} % of the columns.`;

/** Trains ml-random-forest; a reference for the histogram forest, too slow for real sizes. */
export async function fitReferenceForest({ table, outcome }: Examples, seed: number): Promise<Fitted> {
  const { RandomForestRegression } = await import('ml-random-forest');
  const design = fitDesign(table);
  const training = design.transform(table);
  const order = [...randomStream('utility-forest-reference', seed).permutation(outcome.length)];
  const [negatives, positives] = rowsByClass(Uint8Array.from(order, (row) => outcome[row]!));
  const chosen = positives.slice(0, STAYS / 2);
  const rows = [...chosen, ...negatives.slice(0, STAYS - chosen.length)]
    .map((place) => order[place]!)
    .sort((a, b) => a - b);
  const model = new RandomForestRegression({
    nEstimators: TREES,
    maxFeatures: Math.max(1, Math.floor(design.columns * COLUMNS)),
    replacement: false,
    seed: 42 + seed,
    useSampleBagging: true,
    noOOB: true, // its out-of-bag pass throws when a row is never out of bag
    treeOptions: { minNumSamples: 5, maxDepth: 12 },
  });
  model.train(
    rows.map((row) => rowOf(training, row, design.columns)),
    rows.map((row) => outcome[row]!),
  );
  return {
    predict: (side) => {
      const test = design.transform(side.table);
      const share = Float64Array.from(
        model.predict(Array.from({ length: side.table.rows }, (_, row) => rowOf(test, row, design.columns))),
      );
      return Promise.resolve({ scores: share, probabilities: share });
    },
  };
}

function rowOf(design: Float64Array, row: number, columns: number): number[] {
  return [...design.subarray(row * columns, (row + 1) * columns)];
}

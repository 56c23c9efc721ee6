import { InputError } from '../../cohort/inputError.js';
import { random as randomStream } from '../../engine/random.js';
import { trainBoosting, type BoostingOptions } from '../../stats/gradientBoosting.js';
import type { FeatureTable } from '../../stats/featureTable.js';
import { trainForest, type ForestOptions } from '../../stats/histogramForest.js';
import { fitLogistic, linearPredictor } from '../../stats/logisticRegression.js';
import { LentScratch, Scratch } from '../../stats/scratch.js';
import { fitDesign } from './design.js';
import type { Examples, Fitted, Prediction } from './examples.js';
import { fitGru, gruDefinition } from './gruLearner.js';
import { fitReferenceForest, referenceForestDefinition } from './referenceForest.js';

/** How a model is trained. Encoders, bins and scaling are fitted on the training side only. */
export interface Classifier {
  /** Chance enters the training, so that several evaluation seeds tell something. */
  readonly seeded: boolean;
  fit(training: Examples, seed: number): Promise<Fitted>;
}

/**
 * Penalty λ per training stay on standardised columns; scikit-learn's C = 1/(λ·n). Hundreds of correlated columns and few
 * positives need a strong one.
 */
const LAMBDA_PER_STAY = 0.1;

const FOREST: ForestOptions = { trees: 100, minLeaf: 5, maxDepth: 12 };
const BOOSTING: BoostingOptions = { trees: 100, maxLeaves: 8, minLeaf: 20, learningRate: 0.1, lambda: 1 };

export const classifierDefinitions =
  `model=logistic: L2-penalised logistic regression (λ = ${LAMBDA_PER_STAY} times the number of training stays, intercept free) on standard scores (missing = mean), Newton's method on the engine. ` +
  `model=forest: random forest, ${FOREST.trees} trees on bootstrapped stays, √columns a split, at most ${FOREST.maxDepth} levels, at least ${FOREST.minLeaf} stays a leaf, 64 quantile bins a column with one for missing values; probability = mean leaf share. ` +
  `model=boosting: gradient-boosted trees, logistic loss, ${BOOSTING.trees} trees of at most ${BOOSTING.maxLeaves} leaves grown best-first, at least ${BOOSTING.minLeaf} stays a leaf, learning rate ${BOOSTING.learningRate}, L2 penalty ${BOOSTING.lambda} on leaf values, the same bins. ` +
  `${gruDefinition} ${referenceForestDefinition}`;

const passing = { training: new LentScratch(Float64Array), scored: new Scratch(Float64Array) };

const logistic: Classifier = {
  seeded: false,
  async fit({ table, outcome }) {
    const design = fitDesign(table);
    const lambda = LAMBDA_PER_STAY * outcome.length;
    const sizeOf = ({ rows }: FeatureTable): number => rows * design.columns;
    const model = await passing.training.lend(sizeOf(table), (scores) =>
      fitLogistic(design.transform(table, scores), design.columns, outcome, lambda),
    );
    return {
      predict({ table: scored }) {
        const scores = design.transform(scored, passing.scored.take(sizeOf(scored)));
        return Promise.resolve(fromLogOdds(linearPredictor(model, scores)));
      },
    };
  },
};

const forest: Classifier = {
  seeded: true,
  fit({ table, outcome }, seed) {
    const trained = trainForest(
      table,
      outcome,
      rowsOf(table.rows),
      FOREST,
      randomStream('utility-forest', seed),
    );
    return Promise.resolve({
      predict: (side) => {
        const share = trained.score(side.table, rowsOf(side.table.rows));
        return Promise.resolve({ scores: share, probabilities: share });
      },
    });
  },
};

const boosting: Classifier = {
  seeded: false,
  fit({ table, outcome }) {
    const trained = trainBoosting(table, outcome, rowsOf(table.rows), BOOSTING);
    return Promise.resolve({
      predict: (side) => Promise.resolve(fromLogOdds(trained.score(side.table, rowsOf(side.table.rows)))),
    });
  },
};

const gru: Classifier = {
  seeded: true,
  async fit(training, seed) {
    const logOdds = await fitGru(training, seed);
    return { predict: async (side) => fromLogOdds(await logOdds(side)) };
  },
};

const forestReference: Classifier = {
  seeded: true,
  fit: fitReferenceForest,
};

const classifiers: Readonly<Record<string, Classifier>> = {
  logistic,
  forest,
  boosting,
  gru,
  'forest-reference': forestReference,
};

/** The classifier of metric parameter `model`. */
export function classifierNamed(name: unknown): Classifier {
  const found = typeof name === 'string' && Object.hasOwn(classifiers, name) ? classifiers[name] : undefined;
  if (found !== undefined) return found;
  throw new InputError({
    expected: `one of the models ${Object.keys(classifiers).join(', ')}`,
    found: String(name),
    place: 'metric parameter model',
    remedy: 'Use logistic for the headline value.',
  });
}

function fromLogOdds(scores: Float64Array): Prediction {
  return { scores, probabilities: scores.map((eta) => 1 / (1 + Math.exp(-eta))) };
}

function rowsOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

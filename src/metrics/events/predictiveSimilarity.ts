import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { CohortCache, cacheName } from '../cohortCache.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult, type CatalogueMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { resampledStays } from '../resampledStays.js';
import {
  BOOSTING,
  MOST_CLASSES,
  MOST_ROWS,
  predictColumns,
  type ColumnPrediction,
  type PredictedKind,
} from './columnPrediction.js';
import { paperFormDefinition } from './convertedForm.js';
import { modeOf, noEvents, withoutEvents, type Mode } from './eventSides.js';
import { eventView } from './eventView.js';
import { designDefinition } from './tableDesign.js';

const method = `boosted trees (own histogram gradient boosting of at most 64 bins, ${BOOSTING.trees} trees of depth ${BOOSTING.maxDepth!}, learning rate ${BOOSTING.learningRate}, in the place of 100 XGBoost trees of depth 6 on 90 % subsamples) learn the column from ${designDefinition}, on distinct synthetic rows, and foretell it on distinct holdout rows that do not occur in train; time and ids left out; at most ${MOST_ROWS} rows on both sides, drawn at random by table and column alone, and the ${MOST_CLASSES} most frequent classes of train (the whole of train, also where a smaller generator is learnt from)`;

const common = {
  version: 2,
  family: 'events',
  direction: 'lower',
  ideal: null,
  needs: ['train', 'holdout', 'synthetic'],
  variants: { full: [{ mode: 'strict' }], paper: [{ mode: 'paper' }] },
  headline: false,
  bounds: 'reference-cohorts',
  source:
    'RawMed/MTTSeval `evaluation/eval_predsim.py` (arXiv 2507.06996); what strict mode changes: this project.',
} as const;

const cache = new CohortCache<readonly (readonly ColumnPrediction[])[]>();

function predictionMetric(descriptor: MetricDescriptor, kind: PredictedKind, scale: number): CatalogueMetric {
  return defineMetric(descriptor, 'arms', (inputs, parameters, random) => {
    const mode: Mode = modeOf(parameters);
    const { train, holdout, synthetic, resamples } = inputs;
    const whole = inputs.wholeTrain ?? train;
    const n = train.size + holdout.size + synthetic.size;
    const [real, test, generated] = [whole, holdout, synthetic].map((cohort) => eventView(cohort, whole));
    if (!real || !test || !generated) return noEvents(inputs, n);
    const seed = bootstrapSeed(random);
    const rowSeed = bootstrapSeed(random);
    const predicted = (from: typeof synthetic): readonly (readonly ColumnPrediction[])[] =>
      cache.get(from, `${kind} ${mode} ${rowSeed} ${cacheName(whole)} ${cacheName(holdout)}`, () =>
        predictColumns(eventView(from, whole)!, real, test, kind, mode, rowSeed),
      );
    const tables = predicted(synthetic);
    const value = meanError(tables, null);
    if (value === null) return undefinedResult(`no-value: ${descriptor.undefinedWhen}`, n);
    const draws = resampledStays(holdout, resamples, seed);
    const error = bootstrapStandardError(
      draws.map((draw) => {
        const own = meanError(tables, draw);
        return own === null ? null : own * scale;
      }),
    );
    const ofTrain = meanError(predicted(train), null);
    return okResult(
      value * scale,
      error === null ? null : normalInterval(value * scale, error, descriptor.range),
      n,
      {
        columns: tables.flat().map(({ column }) => column),
        values: tables.flat().map((one) => scale * columnError(one, null)!),
        trainedOnReal: ofTrain === null ? null : ofTrain * scale,
      },
    );
  });
}

/** Mean over columns, then over tables. */
function meanError(
  tables: readonly (readonly ColumnPrediction[])[],
  weights: ArrayLike<number> | null,
): number | null {
  return meanOfDefined(
    tables.map((columns) => meanOfDefined(columns.map((one) => columnError(one, weights)))),
  );
}

function columnError({ errors, stay }: ColumnPrediction, weights: ArrayLike<number> | null): number | null {
  let [sum, all] = [0, 0];
  for (let i = 0; i < errors.length; i++) {
    const weight = weights === null ? 1 : weights[stay[i]!]!;
    sum += weight * errors[i]!;
    all += weight;
  }
  return all === 0 ? null : sum / all;
}

export const predictiveErrorRate = predictionMetric(
  {
    ...common,
    id: 'events.predictive_er',
    title: 'Predictive similarity: error rate, %',
    explanation:
      'How often a model that learned the tables from synthetic events names a wrong category for a cell of real events, in percent; a model trained on real events stands beside it as the ceiling.',
    definition: `100·(1 − accuracy), mean over categorical columns, then over tables: ${method}. mode=strict: one test set for all generators, whatever they deliver; classes with at least max(5, 0.1 %) distinct train rows are asked for, whether they are generated or not; a column with fewer than two of them among the synthetic rows counts 100. mode=paper, known flaws: test rows that occur among the synthetic rows leave the test, classes that are not generated leave it too, and a column with one synthetic class is skipped. Interval: ± 1.96 standard errors of a bootstrap over the test patients, models given. ${paperFormDefinition}`,
    misuse:
      'In paper mode the test depends on the synthetic rows, so a generator can score better than real training data by leaving hard classes out.',
    range: [0, 100],
    undefinedWhen: `${withoutEvents} Also when no categorical column can be tested.`,
  },
  'categorical',
  100,
);

export const predictiveSmape = predictionMetric(
  {
    ...common,
    id: 'events.predictive_smape',
    title: 'Predictive similarity: SMAPE',
    explanation:
      'How far numbers of real events are from what a model foretells that learned the tables from synthetic events, in percent of their size (0 to 200); a model trained on real events stands beside it as the ceiling.',
    definition: `200·mean(|a − p|/(|a| + |p|)), 0/0 := 0, mean over numeric columns, then over tables: ${method}. mode=strict: one test set for all generators, whatever they deliver; a column without synthetic numbers counts 200. mode=paper, known flaws: test rows that occur among the synthetic rows leave the test, and a column without synthetic numbers is skipped. Interval: ± 1.96 standard errors of a bootstrap over the test patients, models given. ${paperFormDefinition}`,
    misuse:
      'A value below that of real training data is no praise: the RawMed paper prints 57.31 for its synthetic and 60.85 for real events. SMAPE is not what the trees minimise, and models that foretell smaller or smoother numbers can have less of it.',
    range: [0, 200],
    undefinedWhen: `${withoutEvents} Also when no numeric column can be tested.`,
  },
  'continuous',
  200,
);

import type { Cohort } from '../../cohort/types.js';
import { clusteredMeanVariance, meanOf } from '../../stats/clusteredMean.js';
import { normalInterval } from '../../stats/interval.js';
import { median } from '../../stats/median.js';
import { bootstrapSeed } from '../additiveGap.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { wholeParameter } from '../parameters.js';
import { carriedCourses } from './carriedCourses.js';
import { forecastableStays, forecasterDefinition, trainForecaster, type Forecaster } from './forecaster.js';

/** The paper's number of updates. */
const PUBLISHED_ITERATIONS = 5000;
/** Updates of preset `paper`. */
const ITERATIONS = 2000;

const descriptor: MetricDescriptor = {
  id: 'temporal.predictive_score',
  version: 1,
  family: 'temporal',
  title: 'Predictive score (legacy)',
  explanation:
    'How far a network that learned from synthetic patients is off, on real ones, when it foretells the next value of one measurement, as older papers report it: lower is better.',
  definition: `Legacy column for tables of papers; utility.next_step_mae is the score to read. Mean over real stays of the mean absolute error (TimeGAN: Yoon et al. 2019) of ${forecasterDefinition}, trained on synthetic stays for iterations updates (${PUBLISHED_ITERATIONS} in the paper, ${ITERATIONS} in preset paper for time: on a planted law the error was 0.033, with the paper's 0.028; values are not those of its tables). Continuous and binary features in the order of the schema, min–max scaled by train; the last of them is foretold (named in detail). Flaws: only one feature counts, and which one is an accident of the order; missing cells, which the paper does not know, are filled with the last observed value (the mean of train before the first) and scored as if they had been measured, which rewards copying it; the last feature's own past is not read; min–max scaling lets one outlier squeeze all errors; where the last feature is binary the best answer is its more frequent value, whatever was generated; the score hardly tells generators apart. Kept in detail: the error of always saying the median of the synthetic targets (medianMae). against=train: tested on the stays that the generator saw, as the paper does. Interval: value ± 1.96 standard errors of the mean over stays, all stays of a patient together; the chance of training is no part of it.`,
  source: 'Predictive score of TimeGAN (Yoon et al. 2019), with fewer updates than the paper.',
  direction: 'lower',
  ideal: null,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'Fewer than two continuous or binary features (no-input), the last of them constant or never observed in train (no-target), or fewer than two patients on the real side or no stay on the synthetic one with two steps (too-few-stays).',
  variants: {
    paper: AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, iterations: ITERATIONS })),
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const predictiveScore = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { synthetic, train } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const iterations = wholeParameter(parameters, 'iterations', ITERATIONS, 1);
  const seed = bootstrapSeed(random);
  const n = synthetic.size + real.size;
  const courses = carriedCourses(train);
  const target = courses.columns - 1;
  if (target < 1)
    return undefinedResult('no-input: there are fewer than two continuous or binary features', n);
  if (!(courses.spread[target]! > 0))
    return undefinedResult('no-target: the last feature is constant or never observed in train', n);
  const [learned, tested] = [forecastableStays(synthetic), forecastableStays(real)];
  const patients = tested.map((row) => real.patients[row]!);
  if (learned.length === 0 || new Set(patients).size < 2)
    return undefinedResult('too-few-stays: a side has too few stays of two steps', n);
  const forecaster = await forecasters.get(synthetic, `${cacheName(train)} ${iterations} ${seed}`, () =>
    trainForecaster(synthetic, learned, courses, iterations, seed),
  );
  const errors = await forecaster.errors(real, tested);
  const value = meanOf(errors);
  const standardError = Math.sqrt(clusteredMeanVariance(errors, patients));
  const targetsOf = (cohort: Cohort, row: number): Float32Array =>
    courses
      .course(cohort, row)
      .subarray(0, cohort.length[row]! * courses.columns)
      .filter((_, cell) => cell % courses.columns === target && cell >= courses.columns);
  const always = median(learned.flatMap((row) => [...targetsOf(synthetic, row)]));
  const constant = tested.map((row) => meanOf(targetsOf(real, row).map((v) => Math.abs(v - always))));
  return okResult(value, normalInterval(value, standardError, descriptor.range), n, {
    foretold: courses.names[target],
    iterations,
    medianMae: meanOf(constant),
  });
});

/** Trained once for both real sides. */
const forecasters = new CohortCache<Promise<Forecaster>>();

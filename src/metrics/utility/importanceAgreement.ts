import type { CohortSchema } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { takeExamples, type Examples } from './examples.js';
import {
  importances,
  permutationOrders,
  permutedRankings,
  spearman,
  type ColumnGroup,
} from './permutationImportance.js';
import { labelTask } from './tasks.js';
import { bootstrapInterval, unitWeights, type WeightedStatistic } from './testResamples.js';
import { learningSettings, transfer } from './transfer.js';
import { UTILITY_UNDEFINED, withTestClasses } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const REPEATS = 5;
const FEWEST_VARIABLES = 3;
/** Every permutation scores the whole test side anew. */
const MOST_TEST_STAYS = 2000;

const descriptor: MetricDescriptor = {
  id: 'utility.importance_agreement',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Importance agreement',
  explanation:
    'Whether models learned from synthetic and from real patients rely on the same measurements: 1 means in the same order, 0 means no agreement.',
  definition: `Spearman correlation over variables of the permutation importances of the models of utility.trtr_auroc and utility.tstr_auroc: mean drop of the AUROC on holdout stays (at most ${MOST_TEST_STAYS}, seeded subsample) over ${REPEATS} permutations that exchange all summary columns of a variable between stays, the same for both models (as SynthEval's feature-importance comparison, which takes single columns; these are correlated). The length of the stay and every static count as variables. Variables that predict nothing are in random order, so the ceiling, fresh real patients against train, is below 1. ${classifierDefinitions} Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label. Floor = trained on independent marginals.`,
  source:
    'Feature-importance comparison of SynthEval, on permutation importances (Breiman 2001) of whole variables: this project.',
  direction: 'higher',
  ideal: 1,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `There are fewer than ${FEWEST_VARIABLES} variables (few-variables), or a model relies on none (no-importance). ${UTILITY_UNDEFINED}`,
  variants: { full: [{ model: 'logistic' }] },
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

export const importanceAgreement = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { train, holdout, synthetic, label, resamples } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const settings = { ...learningSettings(parameters), seeds: 1 };
  const task = labelTask(label);
  const onReal = withTestClasses(await transfer({ cohort: train }, holdout, task, settings));
  const onSynthetic = withTestClasses(await transfer({ cohort: synthetic }, holdout, task, settings));
  if ('reason' in onReal) return undefinedResult(onReal.reason, n);
  if ('reason' in onSynthetic) return undefinedResult(onSynthetic.reason, n);
  const test = atMost(onReal.test, MOST_TEST_STAYS, random);
  const groups = variableColumns(test.table.columns, holdout.schema);
  if (groups.length < FEWEST_VARIABLES)
    return undefinedResult(`few-variables: fewer than ${FEWEST_VARIABLES} variables`, n);
  const orders = permutationOrders(test.table.rows, REPEATS, random);
  const [real, fake] = [
    await permutedRankings(onReal.models[0]!, test, groups, orders),
    await permutedRankings(onSynthetic.models[0]!, test, groups, orders),
  ];
  const agreement: WeightedStatistic = (weights) => {
    const [ofReal, ofFake] = [importances(real, weights), importances(fake, weights)];
    return ofReal === null || ofFake === null ? null : spearman(ofReal, ofFake);
  };
  const each = unitWeights(test.outcome.length);
  const value = agreement(each);
  if (value === null) return undefinedResult('no-importance: a model relies on no variable', n);
  return okResult(value, bootstrapInterval(value, agreement, test, resamples, random, descriptor.range), n, {
    variables: groups.map(({ name }) => name),
    real: [...importances(real, each)!],
    synthetic: [...importances(fake, each)!],
  });
});

function atMost(test: Examples, most: number, random: Random): Examples {
  if (test.outcome.length <= most) return test;
  const rows = [...random.permutation(test.outcome.length).slice(0, most)].sort((a, b) => a - b);
  return takeExamples({ ...test, stays: null }, rows);
}

/** The columns of the patient summary by variable; they are named after it. */
export function variableColumns(columns: readonly string[], schema: CohortSchema): ColumnGroup[] {
  const names = [...schema.features, ...schema.statics].map(({ name }) => name);
  const groups = new Map<string, number[]>();
  columns.forEach((column, place) => {
    // Names may begin with one another: the longest one that fits is meant.
    const owner = names
      .filter((name) => column.startsWith(`${name} `))
      .reduce((longest, name) => (name.length > longest.length ? name : longest), '');
    const name = owner === '' ? column : owner;
    groups.set(name, [...(groups.get(name) ?? []), place]);
  });
  return [...groups].map(([name, places]) => ({ name, columns: places }));
}

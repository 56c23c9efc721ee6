import { rankScores, weightedAuroc } from '../../stats/auroc.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { SMALLEST_SITE } from '../resultAt.js';
import { classifierDefinitions } from './classifiers.js';
import { rowsByClass, takeExamples, type Examples } from './examples.js';
import { SMALLEST_CLASS } from './leaveOneHospitalOut.js';
import { groupDefinitions, patientGroups } from './patientGroups.js';
import { labelTask } from './tasks.js';
import { bootstrapInterval, unitWeights, type WeightedStatistic } from './testResamples.js';
import { learningSettings, transfer, type Transfer } from './transfer.js';
import { seedsDefinition, UTILITY_UNDEFINED, withTestClasses } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.subgroup_gap',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Subgroup gap',
  explanation:
    'How much worse a model learned from synthetic patients works for the age or sex group it serves worst than for all real patients.',
  definition: `AUROC of utility.tstr_auroc on all holdout stays minus the lowest AUROC of a group of them. ${groupDefinitions} Groups with fewer than ${SMALLEST_SITE} stays or ${SMALLEST_CLASS} of a class have no value and their counts are not told. Discrimination within a group is often lower than over all, because age itself predicts: read it against the ceiling, the same for a model trained on real stays. ${classifierDefinitions} ${seedsDefinition} Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label, which leaves out that the worst group is chosen by its value. Floor = trained on independent marginals.`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: `There is no such static (no-age, no-sex), or fewer than two groups have a value (few-groups). ${UTILITY_UNDEFINED}`,
  variants: {
    full: [
      { model: 'logistic', by: 'age' },
      { model: 'logistic', by: 'sex' },
    ],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const subgroupGap = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { holdout, synthetic, label, resamples } = inputs;
  const n = holdout.size + synthetic.size;
  const by = parameters['by'] ?? 'age';
  const found = patientGroups(holdout, by);
  if ('reason' in found) return undefinedResult(found.reason, n);
  const scored = withTestClasses(
    await transfer({ cohort: synthetic }, holdout, labelTask(label), learningSettings(parameters)),
  );
  if ('reason' in scored) return undefinedResult(scored.reason, n);
  const { test } = scored;
  const groups = patientGroups(test.stays!(), by);
  if ('reason' in groups) return undefinedResult(groups.reason, n);
  const large = groups.filter(({ rows }) => isLargeEnough(rows, test));
  if (large.length < 2)
    return undefinedResult('few-groups: fewer than two groups have enough stays of both classes', n);
  const overall = meanAuroc(
    scored,
    Array.from({ length: test.outcome.length }, (_, row) => row),
  );
  const ofGroups = large.map(({ rows }) => meanAuroc(scored, rows));
  const gap: WeightedStatistic = (weights) => {
    const all = overall(weights);
    const values = ofGroups.map((statistic) => statistic(weights));
    const known = values.filter((value) => value !== null);
    return all === null || known.length < values.length ? null : all - Math.min(...known);
  };
  const each = unitWeights(test.outcome.length);
  const value = gap(each);
  if (value === null) throw new Error('groups with both classes have an AUROC');
  return okResult(value, bootstrapInterval(value, gap, test, resamples, random, [-1, 1]), n, {
    overall: overall(each),
    groups: groups.map((group) => ({
      group: group.name,
      auroc: large.includes(group) ? meanAuroc(scored, group.rows)(each) : null,
    })),
  });
});

function isLargeEnough(rows: readonly number[], { outcome }: Examples): boolean {
  const classes = rowsByClass(Uint8Array.from(rows, (row) => outcome[row]!));
  return rows.length >= SMALLEST_SITE && classes.every((ofClass) => ofClass.length >= SMALLEST_CLASS);
}

/** AUROC among the given rows, mean over evaluation seeds, as a function of the weights of all rows. */
function meanAuroc({ predictions, test }: Transfer, rows: readonly number[]): WeightedStatistic {
  const { outcome } = takeExamples({ ...test, stays: null }, rows);
  const ranked = predictions.map(({ scores }) =>
    rankScores(
      rows.map((row) => scores[row]!),
      outcome,
    ),
  );
  return (weights) => {
    const own = rows.map((row) => weights[row]!);
    let sum = 0;
    for (const one of ranked) {
      const value = weightedAuroc(one, own);
      if (value === null) return null;
      sum += value / ranked.length;
    }
    return sum;
  };
}

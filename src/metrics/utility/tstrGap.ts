import type { Random } from '../../engine/random.js';
import { rankScores, weightedAuroc } from '../../stats/auroc.js';
import { bootstrapStandardError, patientResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { classifierDefinitions } from './classifiers.js';
import { transfer } from './transfer.js';
import { MODELS, UTILITY_UNDEFINED } from './transferAuroc.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_gap',
  version: PATIENT_SUMMARY_VERSION,
  family: 'utility',
  title: 'TSTR gap',
  explanation:
    'What a prediction model loses by learning from synthetic instead of real patients: 0 means nothing.',
  definition: `utility.trtr_auroc − utility.tstr_auroc on the same test stays; negative when the synthetic stays teach more. ${classifierDefinitions} Interval: value ± 1.96 standard errors of a paired bootstrap over test patients, stratified by label.`,
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: MODELS, full: MODELS },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrGap = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { train, holdout, synthetic, label, resamples } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const model = parameters['model'] ?? 'logistic';
  const onReal = await transfer(train, holdout, label, model);
  const onSynthetic = await transfer(synthetic, holdout, label, model);
  if ('reason' in onReal) return undefinedResult(onReal.reason, n);
  if ('reason' in onSynthetic) return undefinedResult(onSynthetic.reason, n);
  const ranked = [onReal, onSynthetic].map(({ scores, outcome }) => rankScores(scores, outcome));
  const gap = (weights: Uint16Array): number | null => {
    const [real, fake] = ranked.map((scores) => weightedAuroc(scores, weights));
    return typeof real === 'number' && typeof fake === 'number' ? real - fake : null;
  };
  const value = gap(new Uint16Array(onReal.outcome.length).fill(1));
  if (value === null) return undefinedResult(`single-class-test: ${descriptor.undefinedWhen}`, n);
  const standardError = bootstrapStandardError(
    stratifiedResamples(onReal.outcome, resamples, random).map((weights) => gap(weights)),
  );
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
  );
});

/** Patient resamples that keep the number of positives and negatives. */
function stratifiedResamples(outcome: Uint8Array, resamples: number, random: Random): Uint16Array[] {
  const rows = [0, 1].map((label) => [...outcome.keys()].filter((row) => outcome[row] === label));
  const draws = rows.map((ofClass) => patientResamples(ofClass.length, resamples, random));
  return Array.from({ length: resamples }, (_, b) => {
    const weights = new Uint16Array(outcome.length);
    rows.forEach((ofClass, label) => {
      ofClass.forEach((row, i) => (weights[row] = draws[label]![b]![i]!));
    });
    return weights;
  });
}

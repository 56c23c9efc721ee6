import { proportionDifferenceInterval } from '../../stats/proportionDifference.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { recordKeys } from '../recordKeys.js';
import { sizeRatios } from './sizeRatios.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.duplicate_excess',
  version: 1,
  family: 'privacy',
  title: 'Duplicate excess',
  explanation:
    'How many more synthetic patients are exact copies of training patients than of holdout patients, as a share: 0 is right.',
  definition:
    'Share of synthetic stays identical to a training stay (same length, mask, observed values and statics) minus the share that chance explains. Every synthetic and every training stay enters, so that no copy is overlooked; a hospital with more holdout than training stays gives as many of them as it has training stays. Chance explains a synthetic stay to the extent min(1, Σ of training stays/holdout stays of the hospital over the holdout stays identical to it): with equally many of both, whether there is one. Interval: difference of two Wilson intervals by Newcombe’s square-and-add rule (1998, method 10), which keeps a width at 0.',
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: [{}], full: [{}], privacy: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const duplicateExcess = defineMetric(descriptor, 'copies', ({ synthetic, train, holdout }) => {
  const size = synthetic.size;
  const keys = recordKeys(synthetic);
  const members = new Set(recordKeys(train));
  const trainPerHoldout = sizeRatios(train, holdout);
  const chance = new Map<string, number>();
  recordKeys(holdout).forEach((key, row) => {
    chance.set(key, (chance.get(key) ?? 0) + trainPerHoldout[holdout.hospital[row]!]!);
  });
  const found = keys.filter((key) => members.has(key)).length / size;
  const expected = keys.reduce((sum, key) => sum + Math.min(1, chance.get(key) ?? 0), 0) / size;
  return okResult(
    found - expected,
    proportionDifferenceInterval({ share: found, trials: size }, { share: expected, trials: size }),
    size + train.size + holdout.size,
  );
});

import { wilsonInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { recordKeys } from '../recordKeys.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.duplicate_excess',
  version: 1,
  family: 'privacy',
  title: 'Duplicate excess',
  explanation:
    'How many more synthetic patients are exact copies of training patients than of holdout patients, as a share: 0 is right.',
  definition:
    'Share of synthetic stays identical to a training stay (same length, mask, observed values and statics) minus the share identical to a holdout stay, train and holdout at equal size. Interval: difference of two Wilson intervals by Newcombe’s square-and-add rule (1998, method 10), which keeps a width at 0.',
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: [{}], full: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const duplicateExcess = defineMetric(descriptor, 'equal', ({ synthetic, train, holdout }) => {
  const size = synthetic.size;
  const shareIn = (real: typeof train): { count: number; low: number; high: number; share: number } => {
    const known = new Set(recordKeys(real));
    const count = recordKeys(synthetic).filter((key) => known.has(key)).length;
    return { count, share: count / size, ...wilsonInterval(count, size) };
  };
  const [ofTrain, ofHoldout] = [shareIn(train), shareIn(holdout)];
  const value = ofTrain.share - ofHoldout.share;
  return okResult(
    value,
    {
      low: Math.max(-1, value - Math.hypot(ofTrain.share - ofTrain.low, ofHoldout.high - ofHoldout.share)),
      high: Math.min(1, value + Math.hypot(ofTrain.high - ofTrain.share, ofHoldout.share - ofHoldout.low)),
    },
    size + train.size + holdout.size,
  );
});

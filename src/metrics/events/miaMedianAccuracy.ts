import { median } from '../../stats/median.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { paperFormDefinition } from './convertedForm.js';
import { withoutEvents } from './eventSides.js';
import { eventThreatModel, membershipDistances } from './membershipDistances.js';
import { staySetDefinition } from './staySets.js';

const descriptor: MetricDescriptor = {
  id: 'events.mia_median_accuracy',
  version: 1,
  family: 'events',
  title: 'Median-threshold membership accuracy (paper)',
  explanation:
    'The kind of membership score that the RawMed paper prints, for comparison with its tables only: near 0.5 by construction for weak leaks, and also for copies once a single fresh stay coincides with a released one.',
  definition: `Accuracy of "member if the distance to the nearest synthetic stay is below the median of all distances of members and non-members"; ${staySetDefinition}. The attack of the paper is not published: this is our own reading. Known flaws: the fixed median accuses about half of all, which forces values near 0.5; of equally many members and non-members the median is the mean of the two middle distances, so a copy of train scores 1 as long as no non-member lies at distance 0; once one does (two empty stays are enough), the median is 0, nobody is below it and the value is the share of non-members, 0.5, although the leak is complete; a threshold says nothing about low false-positive rates. Use events.mia_auroc. No interval. ${paperFormDefinition}`,
  source: 'This project, in the place of the undefined attack of RawMed (arXiv 2507.06996).',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: { paper: [{ mode: 'paper' }] },
  threatModel: eventThreatModel,
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

export const eventMiaMedianAccuracy = defineMetric(descriptor, 'attack', (inputs) => {
  const distances = membershipDistances(inputs);
  if ('state' in distances) return distances;
  const { members, nonMembers } = distances;
  const all = Float64Array.from([...members, ...nonMembers]);
  const threshold = median(all);
  const found = members.filter((distance) => distance < threshold).length;
  const spared = nonMembers.filter((distance) => distance >= threshold).length;
  return okResult((found + spared) / all.length, null, all.length + inputs.synthetic.size);
});

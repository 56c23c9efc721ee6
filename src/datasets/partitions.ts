import type { Partition } from './partition.js';

const asShipped: Partition = { name: 'hospital', statics: [], id: (hospital) => hospital };

/** Groupings of stays into hospitals that a suite can choose, by dataset; the first is how the cohort is shipped. */
export const partitions: Readonly<Record<string, readonly Partition[]>> = {
  physionet2019: [
    asShipped,
    { name: 'hospital,unit', statics: ['unit'], id: (hospital, [unit]) => `${hospital}, ${unit ?? ''}` },
  ],
  'eicu-demo': [
    asShipped,
    { name: 'region', statics: ['region'], id: (_, [region]) => region ?? '' },
    {
      name: 'region,beds',
      statics: ['region', 'beds'],
      id: (_, [region, beds]) => `${region ?? ''}, ${beds ?? ''} beds`,
    },
  ],
  'mimic3-demo': [asShipped, { name: 'charting', statics: ['charting'], id: (_, [system]) => system ?? '' }],
};

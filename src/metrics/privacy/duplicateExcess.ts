import { proportionDifferenceInterval } from '../../stats/proportionDifference.js';
import type { MetricDescriptor, MetricInputs } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { shareParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { recordKeys } from '../recordKeys.js';
import { weightWithin } from './nearestNeighbours.js';
import { coordinatesIn, privacySpace } from './nearestStays.js';
import { sizeRatios } from './sizeRatios.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.duplicate_excess',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Duplicate excess',
  explanation:
    'How many more synthetic patients are exact copies of training patients than of holdout patients, as a share: 0 is right.',
  definition:
    'Share of synthetic stays identical to a training stay (same length, mask, observed values and statics; with parameter within > 0: near-duplicates, at most that far away in the space of privacy.mia_distance_auroc) minus the share that chance explains. Every synthetic and every training stay enters, so that no copy is overlooked; a hospital with more holdout than training stays gives as many of them as it has training stays. Chance explains a synthetic stay to the extent min(1, Σ of training stays/holdout stays of the hospital over the holdout stays like it): with equally many of both, whether there is one. Interval: difference of two Wilson intervals by Newcombe’s square-and-add rule (1998, method 10), which keeps a width at 0.',
  misuse:
    '0 is no proof of privacy: a copy with a little noise is no exact duplicate (parameter within finds near ones), and leaks need no copies.',
  source: 'Identical match share of mostlyai-qa; what chance explains: this project.',
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: [{}], full: [{}, { within: 0.02 }], privacy: [{}, { within: 0.02 }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const duplicateExcess = defineMetric(descriptor, 'copies', (cohorts, parameters) => {
  const within = shareParameter(parameters, 'within', 0);
  const { found, expected } = within === 0 ? identical(cohorts) : near(cohorts, within);
  const size = cohorts.synthetic.size;
  return okResult(
    found - expected,
    proportionDifferenceInterval({ share: found, trials: size }, { share: expected, trials: size }),
    size + cohorts.train.size + cohorts.holdout.size,
  );
});

type Cohorts = Pick<MetricInputs, 'synthetic' | 'train' | 'holdout'>;

/** Shares of the synthetic stays: with a training stay like them, and those that chance explains. */
interface Shares {
  readonly found: number;
  readonly expected: number;
}

function identical({ synthetic, train, holdout }: Cohorts): Shares {
  const keys = recordKeys(synthetic);
  const members = new Set(recordKeys(train));
  const trainPerHoldout = sizeRatios(train, holdout);
  const chance = new Map<string, number>();
  recordKeys(holdout).forEach((key, row) => {
    chance.set(key, (chance.get(key) ?? 0) + trainPerHoldout[holdout.hospital[row]!]!);
  });
  return {
    found: keys.filter((key) => members.has(key)).length / synthetic.size,
    expected: keys.reduce((sum, key) => sum + Math.min(1, chance.get(key) ?? 0), 0) / synthetic.size,
  };
}

function near({ synthetic, train, holdout }: Cohorts, within: number): Shares {
  const space = privacySpace(train);
  const rows = coordinatesIn(train, synthetic);
  const trainPerHoldout = sizeRatios(train, holdout);
  const members = weightWithin(rows, coordinatesIn(train, train), space, within);
  const chance = weightWithin(
    rows,
    coordinatesIn(train, holdout),
    space,
    within,
    (row) => trainPerHoldout[holdout.hospital[row]!]!,
  );
  return {
    found: members.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) / synthetic.size,
    expected: chance.reduce((sum, weight) => sum + Math.min(1, weight), 0) / synthetic.size,
  };
}

import type { Cohort } from '../../cohort/types.js';
import { meanOf } from '../../stats/clusteredMean.js';
import { effectiveNumber } from '../../stats/clusteredProportion.js';
import { proportionDifferenceInterval, type Proportion } from '../../stats/proportionDifference.js';
import type { MetricDescriptor, MetricInputs } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { shareParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { recordKeys } from '../recordKeys.js';
import { weightWithin } from './nearestNeighbours.js';
import { coordinatesIn, nearestStays, privacySpace } from './nearestStays.js';
import { sizeRatios } from './sizeRatios.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.duplicate_excess',
  version: PATIENT_SUMMARY_VERSION + 1,
  family: 'privacy',
  title: 'Duplicate excess',
  explanation:
    'How many more synthetic patients are exact copies of training patients than of holdout patients, as a share: 0 is right.',
  definition:
    'Share of synthetic stays identical to a training stay (same length, mask, observed values and statics; with parameter within > 0: near-duplicates, at most that far away in the space of privacy.mia_distance_auroc) minus the share that chance explains. Every synthetic and every training stay enters, so that no copy is overlooked; a hospital with more holdout than training stays gives as many of them as it has training stays. Chance explains a synthetic stay to the extent min(1, Σ of training stays/holdout stays of the hospital over the holdout stays like it): with equally many of both, whether there is one. Interval: difference of two Wilson intervals by Newcombe’s square-and-add rule (1998, method 10), which keeps a width at 0, at the number of independent stays that they are worth: stays of one synthetic patient, and those like stays of one real patient, are clusters (Cameron, Gelbach & Miller 2011).',
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
  const { synthetic, train, holdout } = cohorts;
  const { found, expected } = within === 0 ? identical(cohorts) : near(cohorts, within);
  return okResult(
    found.share - expected.share,
    proportionDifferenceInterval(found, expected),
    synthetic.size + train.size + holdout.size,
  );
});

type Cohorts = Pick<MetricInputs, 'synthetic' | 'train' | 'holdout'>;

/** Shares of the synthetic stays: with a training stay like them, and those that chance explains. */
interface Shares {
  readonly found: Proportion;
  readonly expected: Proportion;
}

function identical({ synthetic, train, holdout }: Cohorts): Shares {
  const keys = recordKeys(synthetic);
  const trainPerHoldout = sizeRatios(train, holdout);
  const members = new Map(recordKeys(train).map((key, row) => [key, train.patients[row]!]));
  const chance = new Map<string, { readonly weight: number; readonly patient: string }>();
  recordKeys(holdout).forEach((key, row) => {
    const weight = (chance.get(key)?.weight ?? 0) + trainPerHoldout[holdout.hospital[row]!]!;
    chance.set(key, { weight, patient: holdout.patients[row]! });
  });
  return {
    found: proportionOf(
      synthetic,
      keys.map((key) => (members.has(key) ? 1 : 0)),
      (s) => members.get(keys[s]!)!,
    ),
    expected: proportionOf(
      synthetic,
      keys.map((key) => Math.min(1, chance.get(key)?.weight ?? 0)),
      (s) => chance.get(keys[s]!)!.patient,
    ),
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
  const { nearestTrain, nearestHoldout } = nearestStays(synthetic, train, holdout);
  return {
    found: proportionOf(
      synthetic,
      members.map((count) => (count > 0 ? 1 : 0)),
      (s) => train.patients[nearestTrain[s]!]!,
    ),
    expected: proportionOf(
      synthetic,
      chance.map((weight) => Math.min(1, weight)),
      (s) => holdout.patients[nearestHoldout[s]!]!,
    ),
  };
}

/**
 * Mean over the synthetic stays of how far each counts, at the number of trials that they are worth: stays of one synthetic patient, and
 * those like stays of one real patient, are no independent ones.
 */
function proportionOf(
  { patients, size }: Cohort,
  counts: ArrayLike<number>,
  realPatientOf: (stay: number) => string,
): Proportion {
  const like = patients.map((_, s) => (counts[s]! > 0 ? `like ${realPatientOf(s)}` : `like none ${s}`));
  return {
    share: meanOf(counts),
    trials: effectiveNumber(new Uint8Array(size).fill(1), like, patients),
  };
}

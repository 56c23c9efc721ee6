import type { Cohort } from '../../cohort/types.js';
import { proportionDifferenceInterval, type Proportion } from '../../stats/proportionDifference.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import type { NearestLists } from '../privacy/nearestNeighbours.js';
import { neighbourLists } from '../privacy/nearestStays.js';
import { KEPT_NEIGHBOURS } from '../privacy/resampledNeighbours.js';
import { SMALLEST_SITE, staysBySite } from './siteStays.js';

const descriptor: MetricDescriptor = {
  id: 'site.client_inference',
  version: PATIENT_SUMMARY_VERSION,
  family: 'site',
  title: 'Hospital inference',
  explanation:
    'How much better somebody who holds a record guesses the hospital that treated the patient when the patient was in the training set than when not, as a share: 0 is right, above 0 gives hospitals away.',
  definition: `Attack − control (a difference, since a control near 1 makes a ratio all noise). Attack = share of training stays, control = share of holdout stays, whose hospital is that of the nearest synthetic stay (distance of privacy.mia_distance_auroc; equally near stays of several hospitals count in proportion), mean over hospitals, so that large ones do not decide; equal numbers at every hospital. What hospitals have in common with their own fresh patients is in the control: only what membership adds is a risk. Hospitals with fewer than ${SMALLEST_SITE} stays in train or holdout are left out and named. Interval: Newcombe’s square-and-add rule at the number of patients that a mean over hospitals is worth, K²/Σ 1/n_k.`,
  source: 'This project; control as in anonymeter (Giomi et al. 2023).',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `Fewer than two hospitals have ${SMALLEST_SITE} stays in train and in holdout.`,
  variants: { full: [{}], privacy: [{}] },
  threatModel: {
    knowledge: 'the attacked record, and every released synthetic stay with the hospital that it names',
    access: 'none to the generator (no box: released data only)',
    goal: 'the hospital (client of the federation) that a given record comes from',
  },
  pooledOnly: true,
  ceilingFrom: 'reference',
  headline: false,
  bounds: 'reference-cohorts',
};

export const clientInference = defineMetric(descriptor, 'attack', ({ train, holdout, synthetic }) => {
  const n = train.size + holdout.size + synthetic.size;
  const { sites, suppressed } = staysBySite(train, holdout);
  if (sites.length < 2) return undefinedResult(`one-hospital: ${descriptor.undefinedWhen}`, n);
  const right = (cohort: Cohort): Float64Array =>
    shareRight(neighbourLists(cohort, synthetic, train, KEPT_NEIGHBOURS), cohort, synthetic);
  const [ofTrain, ofHoldout] = [right(train), right(holdout)];
  const attack = balanced(
    sites.map(({ rowsOfTrain }) => rowsOfTrain),
    ofTrain,
    train,
  );
  const control = balanced(
    sites.map(({ rowsOfHoldout }) => rowsOfHoldout),
    ofHoldout,
    holdout,
  );
  return okResult(attack.share - control.share, proportionDifferenceInterval(attack, control), n, {
    attack: attack.share,
    control: control.share,
    guessing: 1 / sites.length,
    sites: sites.map(({ id }) => id),
    suppressed,
  });
});

/** [stays] share of the nearest synthetic stays that name the stay's own hospital. */
function shareRight(
  { length, rows, distances }: NearestLists,
  cohort: Cohort,
  synthetic: Cohort,
): Float64Array {
  return Float64Array.from(cohort.hospital, (own, stay) => {
    let [right, all] = [0, 0];
    const first = stay * length;
    for (let at = first; at < first + length && distances[at] === distances[first]; at++) {
      if (synthetic.hospital[rows[at]!] === own) right++;
      all++;
    }
    return right / all;
  });
}

function balanced(sites: readonly (readonly number[])[], right: Float64Array, cohort: Cohort): Proportion {
  const shares = sites.map((rows) => rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length);
  const patients = sites.map((rows) => new Set(rows.map((row) => cohort.patients[row]!)).size);
  return {
    share: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    trials: sites.length ** 2 / patients.reduce((sum, count) => sum + 1 / count, 0),
  };
}

import type { Cohort } from '../../cohort/types.js';
import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval, type Interval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import type { NearestLists } from './nearestNeighbours.js';
import { neighbourLists, neighbourListsWithin } from './nearestStays.js';
import { KEPT_NEIGHBOURS, shareNearer, type Draw } from './resampledNeighbours.js';

const LOSSES = ['signed', 'absolute'] as const;

const descriptor: MetricDescriptor = {
  id: 'privacy.nnaa',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Nearest-neighbour privacy loss',
  explanation:
    'How much closer the synthetic patients sit to training patients than to fresh ones: 0 is right, above 0 means that training patients were memorised (0.5 for a copy).',
  definition:
    'AA(H, S) − AA(R, S), R train, H holdout, S synthetic, all three at one common size (Yale et al. 2020). Adversarial accuracy AA(A, S) = ½·[share of a ∈ A with d(a, S) > d(a, A without a) + share of s ∈ S with d(s, A) > d(s, S without s)], 0.5 when A and S cannot be told apart, 0 for a copy; both are kept in detail. d = distance to the nearest stay in the space of privacy.mia_distance_auroc, differences taken directly (no a² + b² − 2ab, which leaves the distance to oneself off zero); a stay is left out as its own neighbour by its row and within its own set only, so a duplicate stays a neighbour; strict > as published. loss=signed is the stored value; loss=absolute (paper mode, as TimeDiff reports it) is |loss|: flaw: it hides the direction and cannot be 0 on average. Interval: value ± 1.96 standard errors of a bootstrap over the patients of all three cohorts; a stay drawn twice is not its own neighbour.',
  source:
    'Nearest-neighbour adversarial accuracy, privacy loss (Yale et al. 2020); absolute form: TimeDiff (Tian et al. 2024).',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: {
    full: [{ loss: 'signed' }],
    privacy: [{ loss: 'signed' }],
    paper: [{ loss: 'absolute' }],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const nnaa = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, train, holdout, resamples } = inputs;
  const loss = choiceParameter(parameters, 'loss', LOSSES);
  const between = (a: Cohort, b: Cohort): NearestLists => neighbourLists(a, b, train, KEPT_NEIGHBOURS);
  const accuracyOf = (real: Cohort): ((drawnReal: Draw, drawnSynthetic: Draw) => number) => {
    const [outward, back] = [between(real, synthetic), between(synthetic, real)];
    const withinReal = neighbourListsWithin(real, train, KEPT_NEIGHBOURS);
    const withinSynthetic = neighbourListsWithin(synthetic, train, KEPT_NEIGHBOURS);
    return (drawnReal, drawnSynthetic) =>
      (shareNearer(withinReal, outward, drawnReal, drawnSynthetic, drawnReal, real.size) +
        shareNearer(withinSynthetic, back, drawnSynthetic, drawnReal, drawnSynthetic, synthetic.size)) /
      2;
  };
  const [ofTrain, ofHoldout] = [accuracyOf(train), accuracyOf(holdout)];
  const [aaTrain, aaHoldout] = [ofTrain(null, null), ofHoldout(null, null)];
  const draws = [train, holdout, synthetic].map((cohort) =>
    stayResamples(cohort.patients, resamples, random),
  );
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_, b) => {
      const [drawnTrain, drawnHoldout, drawnSynthetic] = draws.map((cohort) => cohort[b]!);
      return ofHoldout(drawnHoldout!, drawnSynthetic!) - ofTrain(drawnTrain!, drawnSynthetic!);
    }),
  );
  const signed = aaHoldout - aaTrain;
  const interval = standardError === null ? null : normalInterval(signed, standardError, [-1, 1]);
  return okResult(
    loss === 'signed' ? signed : Math.abs(signed),
    interval === null || loss === 'signed' ? interval : absoluteInterval(interval),
    train.size + holdout.size + synthetic.size,
    { adversarialAccuracyTrain: aaTrain, adversarialAccuracyHoldout: aaHoldout, staysPerCohort: train.size },
  );
});

function absoluteInterval({ low, high }: Interval): Interval {
  const ends = [Math.abs(low), Math.abs(high)];
  return { low: low <= 0 && high >= 0 ? 0 : Math.min(...ends), high: Math.max(...ends) };
}

import type { Cohort } from '../../cohort/types.js';
import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION, patientSummary } from '../patientSummary.js';
import { ENTROPY_BINS, inverseEntropies } from './entropyWeights.js';
import { nearestLists } from './nearestNeighbours.js';
import { coordinatesIn, privacySpace } from './nearestStays.js';
import { KEPT_NEIGHBOURS, shareNearer, type Draw } from './resampledNeighbours.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.epsilon_identifiability',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'ε-identifiability loss',
  explanation:
    'How many more training patients than fresh ones have a synthetic patient closer to them than any other real patient is, as a share: 0 is right.',
  definition: `ε(R) − ε(H), ε(A) = share of the stays a of A, out of the number of A, with d_w(a, S) < d_w(a, A without a) (ε-identifiability: ADS-GAN, Yoon et al. 2020, as a loss against the holdout), a left out by its row, R, H and S at one common size. d_w = weighted Gower distance in the space of privacy.mia_distance_auroc, weight of a column = 1/entropy of its values in R in ${ENTROPY_BINS} bins of equal width and one for missing (Yoon et al. leave the bins open); a column with one value in R has no weight. Both shares are in detail. Interval: value ± 1.96 standard errors of a bootstrap over the patients of all three cohorts.`,
  source: 'ε-identifiability of ADS-GAN (Yoon et al. 2020); as a loss against the holdout: this project.',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays, or no summary column varies in train.',
  variants: { full: [{}], privacy: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const epsilonIdentifiability = defineMetric(descriptor, 'equal', (inputs, _, random) => {
  const { synthetic, train, holdout, resamples } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const space = privacySpace(train);
  const ofColumns = inverseEntropies(patientSummary(train));
  const weights = new Float64Array(space.width);
  space.order.forEach((column, place) => (weights[place] = ofColumns[column]!));
  if (!weights.some((weight) => weight > 0))
    return undefinedResult('no-varying-column: no summary column has two values in train', n);
  const identified = (real: Cohort): ((drawnReal: Draw, drawnSynthetic: Draw) => number) => {
    const [own, generated] = [coordinatesIn(train, real), coordinatesIn(train, synthetic)];
    const outward = nearestLists(own, generated, false, space, KEPT_NEIGHBOURS, weights);
    const within = nearestLists(own, own, true, space, KEPT_NEIGHBOURS, weights);
    return (drawnReal, drawnSynthetic) =>
      shareNearer(outward, within, drawnSynthetic, drawnReal, drawnReal, real.size);
  };
  const [inTrain, inHoldout] = [identified(train), identified(holdout)];
  const [ofTrain, ofHoldout] = [inTrain(null, null), inHoldout(null, null)];
  const draws = [train, holdout, synthetic].map((cohort) =>
    stayResamples(cohort.patients, resamples, random),
  );
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_row, b) => {
      const [drawnTrain, drawnHoldout, drawnSynthetic] = draws.map((cohort) => cohort[b]!);
      return inTrain(drawnTrain!, drawnSynthetic!) - inHoldout(drawnHoldout!, drawnSynthetic!);
    }),
  );
  const value = ofTrain - ofHoldout;
  return okResult(value, standardError === null ? null : normalInterval(value, standardError, [-1, 1]), n, {
    identifiableTrain: ofTrain,
    identifiableHoldout: ofHoldout,
  });
});

import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { neighbourLists, neighbourListsWithin } from '../privacy/nearestStays.js';
import { drawnDistance, KEPT_NEIGHBOURS, type Draw } from '../privacy/resampledNeighbours.js';
import { drawnPlace } from './drawnPlace.js';

const descriptor: MetricDescriptor = {
  id: 'joint.authenticity',
  version: PATIENT_SUMMARY_VERSION,
  family: 'joint',
  title: 'Authenticity',
  explanation:
    'Share of synthetic patients that are not suspiciously close to one real patient: farther from the nearest real patient than that patient is from the next real one. Fresh patients reach the ceiling, copies 0; noise reaches 1 too.',
  definition:
    'Share of synthetic stays s with d(s, r*) > d(r*, nearest other real stay), r* = the real stay nearest to s (Alaa et al. 2022, corrected: the radius is that of r*; synthcity looks it up with row numbers of synthetic stays). Equal distances are not authentic, so a copy of a duplicated stay is none either. Equal numbers of real and synthetic stays; against train first, since it asks whether training stays were copied. Distance: Gower on the fixed patient summary, as in privacy.mia_distance_auroc; the published variant embeds by a OneClass network, which is not implemented. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts; a stay drawn twice is not its own neighbour.',
  source: 'Authenticity (Alaa et al. 2022), with the radius of the published formula, not of its code.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { full: [{ against: 'train' }, { against: 'holdout' }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const authenticity = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, train, resamples } = inputs;
  const real = comparisonCohort(inputs, { against: 'train', ...parameters });
  const toReal = neighbourLists(synthetic, real, train, KEPT_NEIGHBOURS);
  const within = neighbourListsWithin(real, train, KEPT_NEIGHBOURS);
  const share = (drawnReal: Draw, drawnSynthetic: Draw): number | null => {
    let [authentic, all] = [0, 0];
    for (let s = 0; s < synthetic.size; s++) {
      const times = drawnSynthetic === null ? 1 : drawnSynthetic[s]!;
      const nearest = drawnPlace(toReal, s, drawnReal);
      if (times === 0 || nearest === null) continue;
      all += times;
      const radius = drawnDistance(within, toReal.rows[nearest]!, drawnReal);
      if (toReal.distances[nearest]! > radius) authentic += times;
    }
    return all === 0 ? null : authentic / all;
  };
  const value = share(null, null)!;
  const [ofReal, ofSynthetic] = [real, synthetic].map((cohort) =>
    stayResamples(cohort.patients, resamples, random),
  );
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_, b) => share(ofReal![b]!, ofSynthetic![b]!)),
  );
  const interval = standardError === null ? null : normalInterval(value, standardError, [0, 1]);
  return okResult(value, interval, synthetic.size + real.size);
});

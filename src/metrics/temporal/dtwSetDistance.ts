import { energyDistance } from '../../stats/energyDistance.js';
import { normalInterval } from '../../stats/interval.js';
import { timeWarping } from '../../stats/timeWarping.js';
import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { patientsWithCourse, standardCourses } from './standardCourses.js';

/** Stays of each cohort that are compared … */
const MOST_STAYS = 100;
/** … and fewer on long or wide grids: stays² · steps² · features, about two seconds' worth. */
const MOST_CELL_PAIRS = 2.5e8;
const FEWEST_STAYS = 20;

const descriptor: MetricDescriptor = {
  id: 'temporal.dtw_set_distance',
  version: 1,
  family: 'temporal',
  title: 'Whole courses, warped (DTW energy)',
  explanation:
    'How far whole courses of synthetic patients are from real ones when time may stretch and shrink: about 0 when the two sets are alike, then below 0 as often as above.',
  definition: `Energy distance 2·E d(s, r) − E d(s, s′) − E d(r, r′) between sets of stays (Székely & Rizzo 2013), pairs of different stays only, d = dynamic time warping. Sets, never pairs in file order: a synthetic stay has no partner. d: symmetric step pattern without a window, divided by the sum of both lengths (Sakoe & Chiba 1978); local distance of two steps = mean over features of |difference| in standard scores of R (cut off at ±10; a constant of R counts 1 where different), of a categorical feature 1 where different; a feature that one of the two steps lacks counts 1, one that both lack 0. Stays: one a patient, drawn at random (seeded), equally many of both cohorts, at most ${MOST_STAYS} and fewer (at least ${FEWEST_STAYS}) where stays² · steps² · features of the grid would exceed 2.5·10⁸; their number is in detail. Warping is no metric, so 0 does not prove equal laws. Interval: ± 1.96 standard errors by the jackknife over the stays drawn. Kept in detail: the three means and the mean distance to the nearest stay of the other set (nearestRealToSynthetic is large when modes are missed, nearestSyntheticToReal when stays are implausible; 0 for a copy).`,
  source:
    'Dynamic time warping (Sakoe & Chiba 1978) in an energy distance of sets (Székely & Rizzo 2013); their combination: this project.',
  direction: 'lower',
  ideal: 0,
  range: [null, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Fewer than two patients with a step on a side.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const dtwSetDistance = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, train } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const seed = bootstrapSeed(random);
  const { steps, features } = synthetic.schema;
  const affordable = Math.floor(Math.sqrt(MOST_CELL_PAIRS / (steps * steps * features.length)));
  const most = Math.min(MOST_STAYS, Math.max(FEWEST_STAYS, affordable));
  const size = Math.min(most, patientsWithCourse(synthetic), patientsWithCourse(real));
  const [a, b] = [standardCourses(synthetic, train, size, seed), standardCourses(real, train, size, seed)];
  const n = 2 * size;
  if (size < 2)
    return undefinedResult(
      'one-patient: an energy distance needs two patients with a step on either side',
      n,
    );
  const distance = timeWarping(steps);
  const energy = energyDistance(
    [size, size],
    (i, j) => distance(a, i, b, j),
    (i, j) => distance(a, i, a, j),
    (i, j) => distance(b, i, b, j),
  );
  return okResult(
    energy.value,
    energy.standardError === null
      ? null
      : normalInterval(energy.value, energy.standardError, descriptor.range),
    n,
    {
      staysPerCohort: size,
      meanBetween: energy.between,
      meanWithinSynthetic: energy.withinA,
      meanWithinReal: energy.withinB,
      nearestSyntheticToReal: energy.nearestOfA,
      nearestRealToSynthetic: energy.nearestOfB,
    },
  );
});

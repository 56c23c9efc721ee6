import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult, type CatalogueMetric } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { GROUPS, NEIGHBOURS, neighbourhoods, type Neighbourhoods } from './neighbourhoods.js';

interface Definition {
  readonly name: 'precision' | 'recall' | 'density' | 'coverage';
  readonly title: string;
  readonly explanation: string;
  readonly formula: string;
  readonly source: string;
  readonly range: readonly [number, number | null];
  readonly value: (balls: Neighbourhoods) => number;
}

/** Mean of a function of the counts over the stays that are there. */
function meanOver(
  counts: Uint32Array,
  has: (stay: number) => boolean,
  of: (count: number) => number,
): number {
  let [sum, stays] = [0, 0];
  for (let stay = 0; stay < counts.length; stay++) {
    if (!has(stay)) continue;
    sum += of(counts[stay]!);
    stays++;
  }
  return sum / stays;
}

const isAny = (count: number): number => (count > 0 ? 1 : 0);

const DEFINITIONS: readonly Definition[] = [
  {
    name: 'precision',
    title: 'Precision',
    explanation: 'Share of synthetic patients that lie where real patients are found.',
    formula:
      'Share of synthetic stays inside at least one ball around a real stay (Kynkäänniemi et al. 2019). One outlying real stay has a large ball, which density is less sensitive to.',
    source: 'Kynkäänniemi et al. 2019, on the patient summary with a Gower distance, radius closed.',
    range: [0, 1],
    value: (balls) => meanOver(balls.realBalls, balls.hasSynthetic, isAny),
  },
  {
    name: 'recall',
    title: 'Recall',
    explanation: 'Share of real patients that lie where synthetic patients are found.',
    formula:
      'Share of real stays inside at least one ball around a synthetic stay (Kynkäänniemi et al. 2019). A scattered generator has large balls, which coverage is less sensitive to.',
    source: 'Kynkäänniemi et al. 2019, on the patient summary with a Gower distance, radius closed.',
    range: [0, 1],
    value: (balls) => meanOver(balls.syntheticBalls, balls.hasReal, isAny),
  },
  {
    name: 'density',
    title: 'Density',
    explanation:
      'How many real patients surround a synthetic one, compared with how many surround a real one: 1 is right, below 1 means in sparse regions, above 1 crowded in the middle.',
    formula: `Number of balls around real stays that hold a synthetic stay, divided by k = ${NEIGHBOURS}, mean over synthetic stays (Naeem et al. 2020). Above 1 is possible and no merit.`,
    source: 'Naeem et al. 2020, on the patient summary with a Gower distance, radius closed.',
    range: [0, null],
    value: (balls) => meanOver(balls.realBalls, balls.hasSynthetic, (count) => count / NEIGHBOURS),
  },
  {
    name: 'coverage',
    title: 'Coverage',
    explanation: 'Share of real patients that have a synthetic patient near by.',
    formula: 'Share of real stays whose own ball holds a synthetic stay (Naeem et al. 2020).',
    source: 'Naeem et al. 2020, on the patient summary with a Gower distance, radius closed.',
    range: [0, 1],
    value: (balls) => meanOver(balls.syntheticInside, balls.hasReal, isAny),
  },
];

function prdcMetric({
  name,
  title,
  explanation,
  formula,
  source,
  range,
  value,
}: Definition): CatalogueMetric {
  const descriptor: MetricDescriptor = {
    id: `joint.${name}`,
    version: PATIENT_SUMMARY_VERSION,
    family: 'joint',
    title,
    explanation,
    definition: `${formula} The ball around a stay reaches to its k-th nearest stay of its own cohort, k = ${NEIGHBOURS}, itself left out by its row, and is closed (the published code leaves out stays at exactly the radius). Equal numbers of real and synthetic stays. Distance: Gower on the fixed patient summary, as in privacy.mia_distance_auroc. Interval: ± 1.96 standard errors by the jackknife that leaves out one of ${GROUPS} groups of patients of one cohort at a time, balls included (an interval that takes the balls as given is too narrow, up to 2.7-fold in simulations).`,
    source,
    direction: 'higher',
    ideal: 1,
    range,
    needs: ['train', 'holdout', 'synthetic'],
    undefinedWhen: `A cohort has at most k = ${NEIGHBOURS} stays.`,
    variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
    headline: false,
    bounds: 'reference-cohorts',
  };
  return defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
    const { synthetic, train, resamples } = inputs;
    const real = comparisonCohort(inputs, parameters);
    const n = synthetic.size + real.size;
    if (Math.min(synthetic.size, real.size) <= NEIGHBOURS)
      return undefinedResult(`few-stays: ${descriptor.undefinedWhen}`, n);
    const groupSeed = resamples === 0 ? null : bootstrapSeed(random);
    const { whole, withoutReal, withoutSynthetic } = neighbourhoods(synthetic, real, train, groupSeed);
    const all = value(whole);
    const hasInterval = [withoutReal, withoutSynthetic].every((groups) => groups.length > NEIGHBOURS + 1);
    const variance = [withoutReal, withoutSynthetic].reduce((sum, one) => sum + jackknife(one.map(value)), 0);
    return okResult(all, hasInterval ? normalInterval(all, Math.sqrt(variance), range) : null, n);
  });
}

/** Variance by leaving out one of equally large groups at a time. */
function jackknife(left: readonly number[]): number {
  const groups = left.length;
  const mean = left.reduce((sum, value) => sum + value, 0) / groups;
  return ((groups - 1) / groups) * left.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** Precision, recall, density and coverage. */
export const [precision, recall, density, coverage] = DEFINITIONS.map(prdcMetric) as [
  CatalogueMetric,
  CatalogueMetric,
  CatalogueMetric,
  CatalogueMetric,
];

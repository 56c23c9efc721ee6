import { SMALLEST_CELL } from '../cohort/suppression.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { random } from '../engine/random.js';
import type { Attempt } from './attempt.js';
import type { Result } from './contract.js';
import type { MetricSelection } from './defineMetric.js';
import { CohortCache } from './cohortCache.js';
import { atSite, siteCohorts } from './sampling.js';

/** What scores and bounds of one split have in common. */
export interface ScoringOptions {
  readonly selections: readonly MetricSelection[];
  /** Bootstrap resamples; 0 = no intervals where they come from resampling. */
  readonly resamples: number;
  /** Label that utility metrics predict; null when there is none. */
  readonly label: string | null;
  readonly seed: number;
  /** Sites to score; `pooled` and every hospital by default. */
  readonly sites?: readonly string[];
  /** How computations are run; one after the other to their ends by default. */
  readonly attempt?: Attempt;
}

/** Real patients a site needs in train and in holdout; with fewer nothing is computed and no count is told. */
export const SMALLEST_SITE = SMALLEST_CELL;

const patientsOf = new CohortCache<number>();

/** Patients, however many stays they have. */
function countPatients(cohort: Cohort): number {
  return patientsOf.get(cohort, 'patients', () => new Set(cohort.patients).size);
}

/** What a result is wanted for: a generator's score, or an end of its scale, of a floor also one of its further draws. */
export type Purpose = 'score' | 'floor' | `floor ${number}` | 'ceiling';

/** The name of a computation, unique within one scoring. */
export function computationName(purpose: Purpose, site: string, selection: MetricSelection): string {
  return JSON.stringify([purpose, site, selection.metric.descriptor.id, selection.parameters]);
}

/** The result of one metric at one site. Chance is named by seed and site only: the same for every generator. */
export async function resultAt(
  split: CohortSplit,
  synthetic: Cohort,
  site: string,
  { metric, parameters }: MetricSelection,
  { resamples, label, seed }: Pick<ScoringOptions, 'resamples' | 'label' | 'seed'>,
): Promise<Result> {
  const real = [split.train, split.holdout].map((cohort) => countPatients(atSite(cohort, site)));
  if (real.some((patients) => patients < SMALLEST_SITE))
    return {
      state: 'skipped',
      reason: `small-site: fewer than ${SMALLEST_SITE} real patients in train or holdout`,
      n: 0,
    };
  const cohorts = siteCohorts(split, synthetic, site, metric.sampling, seed);
  return metric.compute({ ...cohorts, label, resamples }, parameters, random(seed, 'metric', site));
}

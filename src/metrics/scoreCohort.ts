import type { Cohort, CohortSplit } from '../cohort/types.js';
import { straightAttempt } from './attempt.js';
import { boundsOf, type Bounds } from './bounds.js';
import type { MetricParameters, Result } from './contract.js';
import { requireSameSchema } from './sameSchema.js';
import { computationName, resultAt, type ScoringOptions } from './resultAt.js';
import { sitesOf } from './sampling.js';
import { countScores, selectionsAt } from './selectionsAt.js';

/** One metric with one set of parameters at one site; plain JSON. */
export interface ScoredSite {
  readonly site: string;
  readonly metric: string;
  readonly metricVersion: number;
  readonly parameters: MetricParameters;
  readonly result: Result;
  readonly floor: number | null;
  readonly ceiling: number | null;
  readonly seconds: number;
}

/**
 * Scores a synthetic cohort at every site with every selected metric. Every combination gives an entry; what cannot be
 * computed has a state and a reason. An input error when the cohorts have different schemas.
 *
 * @param onResult called after every result
 * @param bounds floors and ceilings of this split from `computeBounds`, reused for all generators; null = none
 */
export async function scoreCohort(
  split: CohortSplit,
  synthetic: Cohort,
  bounds: Bounds | null,
  options: ScoringOptions,
  onResult?: (scored: ScoredSite, done: number, total: number) => void,
): Promise<ScoredSite[]> {
  requireSameSchema(split.train.schema, synthetic.schema);
  const sites = options.sites ?? sitesOf(split.train);
  const total = countScores(sites, options.selections);
  const scored: ScoredSite[] = [];
  for (const site of sites) {
    for (const selection of selectionsAt(site, options.selections)) {
      const { result, seconds } = await (options.attempt ?? straightAttempt).run(
        computationName('score', site, selection),
        () => resultAt(split, synthetic, site, selection, options),
      );
      const { id, version } = selection.metric.descriptor;
      const entry = {
        site,
        metric: id,
        metricVersion: version,
        parameters: selection.parameters,
        result,
        ...boundsOf(bounds, site, id, selection.parameters),
        seconds,
      };
      scored.push(entry);
      onResult?.(entry, scored.length, total);
    }
  }
  return scored;
}

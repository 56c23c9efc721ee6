import type { MetricSelection } from './defineMetric.js';
import { POOLED } from './sampling.js';

/** What is scored at a site: metrics that compare hospitals have a meaning on the pooled cohort only. */
export function selectionsAt(
  site: string,
  selections: readonly MetricSelection[],
): readonly MetricSelection[] {
  return site === POOLED
    ? selections
    : selections.filter(({ metric }) => metric.descriptor.pooledOnly !== true);
}

/** How many scores these selections give at these sites. */
export function countScores(sites: readonly string[], selections: readonly MetricSelection[]): number {
  return sites.reduce((sum, site) => sum + selectionsAt(site, selections).length, 0);
}

import type { MetricDescriptor, MetricParameters, ScoreRow } from '../metrics/contract.js';
import { holm } from '../stats/holm.js';
import type { Generator } from './generator.js';
import { PRIMARY_METRICS } from './hypotheses.js';
import { judge, type Judgement } from './judge.js';
import { gains, headlineKey, metricKey, pairScores } from './pairedScores.js';

/** One judged metric of one dataset and site. */
export interface ComparedMetric {
  readonly dataset: string;
  readonly site: string;
  readonly descriptor: MetricDescriptor;
  /** null for the metric's headline variant. */
  readonly parameters: MetricParameters | null;
  readonly judgement: Judgement;
  /** Holm's adjustment over the metrics of the dataset and site; null without pairs. */
  readonly adjustedP: number | null;
}

/**
 * Every metric that both generators have, in the order of the rows; pairs are seeds. Only the headline variants of primary
 * metrics have a margin within which a difference does not matter.
 */
export function compareGenerators(
  rows: readonly ScoreRow[],
  candidate: Generator,
  baseline: Generator,
  descriptors: readonly MetricDescriptor[],
): ComparedMetric[] {
  const judged = pairScores(rows, candidate, baseline).flatMap((scores) => {
    const descriptor = descriptors.find(({ id }) => id === scores.metric);
    if (descriptor === undefined) return [];
    const { dataset, site, metric, parameters } = scores;
    const headline = metricKey(scores) === headlineKey(descriptor);
    const margin = PRIMARY_METRICS.find((one) => one.metric === metric)?.margin ?? null;
    return {
      dataset,
      site,
      descriptor,
      parameters: headline ? null : parameters,
      judgement: judge(gains(scores, descriptor), headline ? margin : null),
    };
  });
  const adjusted = new Map<object, number>();
  const placeOf = (row: Pick<ComparedMetric, 'dataset' | 'site'>): string =>
    JSON.stringify([row.dataset, row.site]);
  for (const place of new Set(judged.map(placeOf))) {
    const tested = judged.filter((row) => placeOf(row) === place && row.judgement.p !== null);
    holm(tested.map(({ judgement }) => judgement.p!)).forEach((p, i) => adjusted.set(tested[i]!, p));
  }
  return judged.map((row) => ({ ...row, adjustedP: adjusted.get(row) ?? null }));
}

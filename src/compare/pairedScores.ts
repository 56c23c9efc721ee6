import { headlineParameters } from '../metrics/headline.js';
import type { MetricDescriptor, MetricParameters, ScoreRow } from '../metrics/contract.js';
import type { Generator } from './generator.js';

/** Scores of one metric of two generators on the same dataset, site and split, paired by seed. */
export interface PairedScores {
  readonly dataset: string;
  readonly site: string;
  readonly metric: string;
  readonly parameters: MetricParameters;
  /** In ascending order of seeds. */
  readonly pairs: readonly { readonly seed: number; readonly candidate: number; readonly baseline: number }[];
  /** Seeds at which only one of both has a value, or none. */
  readonly unpaired: number;
}

export const belongsTo = (row: Pick<ScoreRow, 'trainer' | 'variant'>, generator: Generator): boolean =>
  row.trainer === generator.trainer && row.variant === generator.variant;

/** Identity of a metric with its parameters, whatever their order. */
export const metricKey = ({ metric, parameters }: Pick<ScoreRow, 'metric' | 'parameters'>): string =>
  JSON.stringify([metric, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** Pairs of all metrics at all datasets and sites, in the order of the rows. */
export function pairScores(
  rows: readonly ScoreRow[],
  candidate: Generator,
  baseline: Generator,
): PairedScores[] {
  const groups = new Map<string, ScoreRow[]>();
  for (const row of rows) {
    if (!belongsTo(row, candidate) && !belongsTo(row, baseline)) continue;
    const key = JSON.stringify([row.dataset, row.site, metricKey(row)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group): PairedScores => {
    const { dataset, site, metric, parameters } = group[0]!;
    const seeds = [...new Set(group.map(({ seed }) => seed))].sort((a, b) => a - b);
    const valueOf = (seed: number, generator: Generator): number | null =>
      group.find((row) => row.seed === seed && belongsTo(row, generator))?.value ?? null;
    const pairs = seeds.flatMap((seed) => {
      const [ours, theirs] = [valueOf(seed, candidate), valueOf(seed, baseline)];
      return ours === null || theirs === null ? [] : [{ seed, candidate: ours, baseline: theirs }];
    });
    return { dataset, site, metric, parameters, pairs, unpaired: seeds.length - pairs.length };
  });
}

/** Identity of the headline variant of a metric. */
export const headlineKey = ({ id, variants }: Pick<MetricDescriptor, 'id' | 'variants'>): string =>
  metricKey({ metric: id, parameters: headlineParameters({ variants }) });

/** A value as a cost, lower is better: negated where higher is better, the distance from a target. */
export function costOf(
  { direction, ideal }: Pick<MetricDescriptor, 'direction' | 'ideal'>,
  value: number,
): number {
  if (direction === 'higher') return -value;
  return direction === 'lower' ? value : Math.abs(value - (ideal ?? 0));
}

/**
 * How much better the candidate is, pair by pair, in the metric's unit: positive is better whatever the metric's direction;
 * for a target the distances from it are compared.
 */
export function gains(
  { pairs }: Pick<PairedScores, 'pairs'>,
  descriptor: Pick<MetricDescriptor, 'direction' | 'ideal'>,
): number[] {
  return pairs.map((pair) => costOf(descriptor, pair.baseline) - costOf(descriptor, pair.candidate));
}

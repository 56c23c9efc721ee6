import { mean, quantileSorted } from 'simple-statistics';
import { random } from '../engine/random.js';
import { costOf } from '../metrics/cost.js';
import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import { midRanks } from '../stats/ranks.js';
import { generatorName, generatorsOf, type Generator } from './generator.js';
import { belongsTo, headlineKey, metricKey } from './pairedScores.js';

const RESAMPLES = 1000;

/** One generator's place among the others by one metric. */
export interface RankedGenerator {
  readonly generator: Generator;
  /** Mean over the common seeds. */
  readonly value: number;
  /** Rank of the mean, 1 = best; ties share the mean of their places. */
  readonly rank: number;
  /** 95 % of ranks when seeds are resampled; null with fewer than three seeds. */
  readonly rankLow: number | null;
  readonly rankHigh: number | null;
  /** Share of resamples in which it is first or shares the first place; null with fewer than three seeds. */
  readonly first: number | null;
}

/** Ranks by the pooled headline variant of a metric on one dataset. */
export interface Ranking {
  readonly dataset: string;
  readonly metric: string;
  /** Seeds at which all ranked generators have a value. */
  readonly seeds: number;
  /** Best first. */
  readonly generators: readonly RankedGenerator[];
  /** Generators without a value at any seed, by name. */
  readonly withoutValue: readonly string[];
}

/**
 * Ranks and how stable they are: all generators' seeds are resampled together (with replacement, 1,000 times), so that what
 * moves them together does not count. This is training noise on one split.
 */
export function rankGenerators(
  rows: readonly ScoreRow[],
  dataset: string,
  descriptor: MetricDescriptor,
  among: readonly Generator[] = generatorsOf(rows),
): Ranking {
  const key = headlineKey(descriptor);
  const own = rows.filter(
    (row) => row.dataset === dataset && row.site === 'pooled' && metricKey(row) === key && row.value !== null,
  );
  const valued = among.filter((generator) => own.some((row) => belongsTo(row, generator)));
  const bySeed = (generator: Generator): Map<number, number> =>
    new Map(own.filter((row) => belongsTo(row, generator)).map((row) => [row.seed, row.value!]));
  const values = valued.map(bySeed);
  const seeds = [...(values[0]?.keys() ?? [])].filter((seed) => values.every((one) => one.has(seed)));
  seeds.sort((a, b) => a - b);
  const empty = { dataset, metric: descriptor.id, seeds: seeds.length };
  const withoutValue = among.filter((one) => !valued.includes(one)).map(generatorName);
  if (seeds.length === 0) return { ...empty, generators: [], withoutValue };
  const costs = values.map((one) => seeds.map((seed) => costOf(descriptor, one.get(seed)!)));
  const ranksOf = (drawn: readonly number[]): Float64Array =>
    midRanks(costs.map((cost) => drawn.reduce((sum, seed) => sum + cost[seed]!, 0)));
  const stream = random('rank stability', dataset, descriptor.id);
  const resampled =
    seeds.length < 3
      ? []
      : Array.from({ length: RESAMPLES }, () => ranksOf(seeds.map(() => stream.integer(seeds.length))));
  const ranks = ranksOf(seeds.map((_, i) => i));
  const generators = valued.map((generator, g): RankedGenerator => {
    const drawn = resampled.map((one) => one[g]!).sort((a, b) => a - b);
    const leads = resampled.filter((one) => one[g] === Math.min(...one)).length;
    return {
      generator,
      value: mean(seeds.map((seed) => values[g]!.get(seed)!)),
      rank: ranks[g]!,
      rankLow: drawn.length === 0 ? null : quantileSorted(drawn, 0.025),
      rankHigh: drawn.length === 0 ? null : quantileSorted(drawn, 0.975),
      first: drawn.length === 0 ? null : leads / resampled.length,
    };
  });
  return { ...empty, generators: generators.sort((a, b) => a.rank - b.rank), withoutValue };
}

import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import { costOf } from '../metrics/cost.js';
import type { RunResults } from '../run/contract.js';
import { belongsTo, headlineKey, metricKey } from './pairedScores.js';
import { generatorsOf, type Generator } from './generator.js';
import { bytesBothWays } from '../trainers/traffic.js';

/** One metric of one generator over seeds. */
export interface SeedScore {
  /** Mean over seeds; null without a value. */
  readonly mean: number | null;
  /** Standard deviation over seeds (training noise); null with fewer than two values. */
  readonly deviation: number | null;
  /** Mean over seeds of the worst hospital's value; null with fewer than two hospitals. */
  readonly worstHospital: number | null;
  readonly seeds: number;
}

export interface GeneratorSummary {
  readonly generator: Generator;
  /** By metric, in the order asked for. */
  readonly scores: readonly SeedScore[];
  /** Means over seeds; null for references. */
  readonly megabytes: number | null;
  readonly synchronisations: number | null;
  readonly trainingSeconds: number | null;
}

export interface DatasetSummary {
  readonly dataset: string;
  readonly generators: readonly GeneratorSummary[];
  /** What fresh real patients and independent columns reach, by metric. */
  readonly ceilings: readonly (number | null)[];
  readonly floors: readonly (number | null)[];
}

const meanOrNull = (values: readonly number[]): number | null =>
  values.length === 0 ? null : mean([...values]);

function seedScore(rows: readonly ScoreRow[], descriptor: MetricDescriptor): SeedScore {
  const pooled = rows.flatMap((row) => (row.site === 'pooled' ? (row.value ?? []) : []));
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const worst = seeds.flatMap((seed) => {
    const sites = rows.flatMap((row) =>
      row.seed === seed && row.site !== 'pooled' ? (row.value ?? []) : [],
    );
    if (sites.length < 2) return [];
    return sites.reduce((a, b) => (costOf(descriptor, b) > costOf(descriptor, a) ? b : a));
  });
  return {
    mean: meanOrNull(pooled),
    deviation: pooled.length < 2 ? null : sampleStandardDeviation(pooled),
    worstHospital: meanOrNull(worst),
    seeds: pooled.length,
  };
}

/** Every generator of every dataset over its seeds: the headline variants of the given metrics, pooled and at the worst hospital. */
export function summariseSeeds(
  results: Pick<RunResults, 'manifest' | 'rows' | 'training'>,
  metrics: readonly MetricDescriptor[],
): DatasetSummary[] {
  return results.manifest.datasets.map(({ id: dataset }): DatasetSummary => {
    const rows = results.rows.filter((row) => row.dataset === dataset);
    const ofMetric = metrics.map((descriptor) => {
      const key = headlineKey(descriptor);
      return rows.filter((row) => metricKey(row) === key);
    });
    const bound = (end: 'ceiling' | 'floor'): (number | null)[] =>
      ofMetric.map((own) =>
        meanOrNull(own.flatMap((row) => (row.site === 'pooled' ? (row[end] ?? []) : []))),
      );
    return {
      dataset,
      generators: generatorsOf(rows).map((generator): GeneratorSummary => {
        const records = results.training.filter(
          (record) =>
            record.dataset === dataset && belongsTo(record, generator) && record.ledger.rounds.length > 0,
        );
        return {
          generator,
          scores: metrics.map((descriptor, m) =>
            seedScore(
              ofMetric[m]!.filter((row) => belongsTo(row, generator)),
              descriptor,
            ),
          ),
          megabytes: meanOrNull(
            records
              .map(({ ledger }) => bytesBothWays(ledger))
              .filter((bytes) => bytes !== null)
              .map((bytes) => bytes / 1e6),
          ),
          synchronisations: meanOrNull(
            records.map(({ ledger }) => ledger.synchronisations).filter((count) => count !== null),
          ),
          trainingSeconds: meanOrNull(records.map(({ seconds }) => seconds)),
        };
      }),
      ceilings: bound('ceiling'),
      floors: bound('floor'),
    };
  });
}

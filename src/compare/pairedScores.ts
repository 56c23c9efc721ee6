import { costOf } from '../metrics/cost.js';
import { headlineParameters } from '../metrics/headline.js';
import type { MetricDescriptor, MetricParameters, ScoreRow } from '../metrics/contract.js';
import type { Interval } from '../stats/interval.js';
import { NORMAL_975 } from '../stats/normal.js';
import type { Generator } from './generator.js';

/** Site name of the worst hospital of every seed, in comparisons only. */
export const WORST_HOSPITAL = 'worst hospital';

export interface ScorePair {
  readonly seed: number;
  readonly candidate: number;
  readonly baseline: number;
  /** Standard errors of both values by resampling patients; null where a value has no interval. */
  readonly standardErrors: readonly [number, number] | null;
}

/** Scores of one metric of two generators on the same dataset, site and split, paired by seed. */
export interface PairedScores {
  readonly dataset: string;
  readonly site: string;
  readonly metric: string;
  readonly parameters: MetricParameters;
  /** In ascending order of seeds. */
  readonly pairs: readonly ScorePair[];
  /** Seeds at which only one of both has a value, or none. */
  readonly unpaired: number;
}

export const belongsTo = (row: Pick<ScoreRow, 'trainer' | 'variant'>, generator: Generator): boolean =>
  row.trainer === generator.trainer && row.variant === generator.variant;

/** Identity of a metric with its parameters, whatever their order. */
export const metricKey = ({ metric, parameters }: Pick<ScoreRow, 'metric' | 'parameters'>): string =>
  JSON.stringify([metric, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** Identity of the headline variant of a metric. */
export const headlineKey = ({ id, variants }: Pick<MetricDescriptor, 'id' | 'variants'>): string =>
  metricKey({ metric: id, parameters: headlineParameters({ variants }) });

type Sides = { readonly candidate: ScoreRow[]; readonly baseline: ScoreRow[] };

function groupedBy(
  candidate: readonly ScoreRow[],
  baseline: readonly ScoreRow[],
  keyOf: (row: ScoreRow) => string,
): Sides[] {
  const groups = new Map<string, Sides>();
  const add = (side: keyof Sides, row: ScoreRow): void => {
    const key = keyOf(row);
    const group = groups.get(key) ?? { candidate: [], baseline: [] };
    groups.set(key, group);
    group[side].push(row);
  };
  for (const row of candidate) add('candidate', row);
  for (const row of baseline) add('baseline', row);
  return [...groups.values()];
}

const seedsOf = ({ candidate, baseline }: Sides): number[] =>
  [...new Set([...candidate, ...baseline].map(({ seed }) => seed))].sort((a, b) => a - b);

/** The wider half of the interval, since the other may be cut off at the end of the metric's range. */
function standardError({ value, ciLow, ciHigh }: ScoreRow): number | null {
  if (value === null || ciLow === null || ciHigh === null) return null;
  return Math.max(ciHigh - value, value - ciLow) / NORMAL_975;
}

function pairOf(seed: number, ours: ScoreRow | undefined, theirs: ScoreRow | undefined): ScorePair[] {
  if (ours?.value == null || theirs?.value == null) return [];
  const errors = [standardError(ours), standardError(theirs)] as const;
  return [
    {
      seed,
      candidate: ours.value,
      baseline: theirs.value,
      standardErrors: errors[0] === null || errors[1] === null ? null : [errors[0], errors[1]],
    },
  ];
}

/** Pairs of all metrics at all datasets and sites, in the order of the candidate's rows. */
export function pairRows(candidate: readonly ScoreRow[], baseline: readonly ScoreRow[]): PairedScores[] {
  const groups = groupedBy(candidate, baseline, (row) =>
    JSON.stringify([row.dataset, row.site, metricKey(row)]),
  );
  return groups.map((sides): PairedScores => {
    const { dataset, site, metric, parameters } = (sides.candidate[0] ?? sides.baseline[0])!;
    const seeds = seedsOf(sides);
    const at = (side: keyof Sides, seed: number): ScoreRow | undefined =>
      sides[side].find((row) => row.seed === seed);
    const pairs = seeds.flatMap((seed) => pairOf(seed, at('candidate', seed), at('baseline', seed)));
    return { dataset, site, metric, parameters, pairs, unpaired: seeds.length - pairs.length };
  });
}

/** As `pairRows`, of two generators of one run. */
export function pairScores(
  rows: readonly ScoreRow[],
  candidate: Generator,
  baseline: Generator,
): PairedScores[] {
  const of = (generator: Generator): ScoreRow[] => rows.filter((row) => belongsTo(row, generator));
  return pairRows(of(candidate), of(baseline));
}

/**
 * Pairs of the worst hospital of every seed: of each generator its own worst among the hospitals at which both have a value.
 * Metrics with values at fewer than two such hospitals are left out.
 *
 * @param descriptorOf null for metrics that are not to be compared
 */
export function worstHospitalPairs(
  candidate: readonly ScoreRow[],
  baseline: readonly ScoreRow[],
  descriptorOf: (metric: string) => MetricDescriptor | null,
): PairedScores[] {
  const atHospitals = (rows: readonly ScoreRow[]): ScoreRow[] => rows.filter(({ site }) => site !== 'pooled');
  const groups = groupedBy(atHospitals(candidate), atHospitals(baseline), (row) =>
    JSON.stringify([row.dataset, metricKey(row)]),
  );
  return groups.flatMap((sides): PairedScores[] => {
    const first = (sides.candidate[0] ?? sides.baseline[0])!;
    const descriptor = descriptorOf(first.metric);
    if (descriptor === null) return [];
    const seeds = seedsOf(sides);
    const worst = (rows: readonly ScoreRow[]): ScoreRow =>
      rows.reduce((a, b) => (costOf(descriptor, b.value!) > costOf(descriptor, a.value!) ? b : a));
    const pairs = seeds.flatMap((seed) => {
      const valued = (rows: readonly ScoreRow[]): ScoreRow[] =>
        rows.filter((row) => row.seed === seed && row.value !== null);
      const [ours, theirs] = [valued(sides.candidate), valued(sides.baseline)];
      const shared = ours.map(({ site }) => site).filter((site) => theirs.some((row) => row.site === site));
      if (shared.length < 2) return [];
      const within = (rows: readonly ScoreRow[]): ScoreRow =>
        worst(rows.filter(({ site }) => shared.includes(site)));
      return pairOf(seed, within(ours), within(theirs));
    });
    if (pairs.length === 0) return [];
    const { dataset, metric, parameters } = first;
    return [
      { dataset, site: WORST_HOSPITAL, metric, parameters, pairs, unpaired: seeds.length - pairs.length },
    ];
  });
}

/**
 * How much better the candidate is, pair by pair, in the metric's unit: positive is better whatever the metric's direction;
 * for a target the distances from it are compared.
 */
export function gains(
  { pairs }: { readonly pairs: readonly Pick<ScorePair, 'candidate' | 'baseline'>[] },
  descriptor: Pick<MetricDescriptor, 'direction' | 'ideal'>,
): number[] {
  return pairs.map((pair) => costOf(descriptor, pair.baseline) - costOf(descriptor, pair.candidate));
}

/**
 * 95 % interval of the mean gain by resampling patients, training noise left aside: the mean over seeds of the standard error of
 * a difference of two independent values. All seeds share their real patients, so that it does not shrink with their number, and
 * two generators that are scored on the same patients differ by less: it is rather too wide than too narrow.
 *
 * @returns null where a value has no interval
 */
export function patientInterval(
  { pairs }: Pick<PairedScores, 'pairs'>,
  descriptor: Pick<MetricDescriptor, 'direction' | 'ideal'>,
): Interval | null {
  const errors = pairs.map(({ standardErrors }) => standardErrors);
  if (errors.length === 0 || errors.includes(null)) return null;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const half = NORMAL_975 * mean(errors.map((pair) => Math.hypot(...pair!)));
  const centre = mean(gains({ pairs }, descriptor));
  return { low: centre - half, high: centre + half };
}

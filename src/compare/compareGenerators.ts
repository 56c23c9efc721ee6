import { sampleStandardDeviation } from 'simple-statistics';
import { costOf } from '../metrics/cost.js';
import type { MetricDescriptor, MetricParameters, ScoreRow } from '../metrics/contract.js';
import { holm } from '../stats/holm.js';
import type { Interval } from '../stats/interval.js';
import type { Generator } from './generator.js';
import { judge, verdictOf, type Judgement, type Verdict } from './judge.js';
import {
  belongsTo,
  gains,
  headlineKey,
  metricKey,
  pairRows,
  patientInterval,
  worstHospitalPairs,
  type PairedScores,
} from './pairedScores.js';
import { PRIMARY_METRICS, type PrimaryMetric } from './primary.js';

/** One judged metric of one dataset and site. */
export interface ComparedMetric {
  readonly dataset: string;
  /** `pooled`, a hospital, or `worst hospital`. */
  readonly site: string;
  readonly descriptor: MetricDescriptor;
  /** null for the metric's headline variant. */
  readonly parameters: MetricParameters | null;
  /** Primary: the pooled headline variant of a declared metric. Everything else was not planned for and is not corrected. */
  readonly role: 'primary' | 'exploratory';
  readonly judgement: Judgement;
  /** Holm's adjustment over the primary metrics of the dataset; null for exploratory ones and without pairs. */
  readonly adjustedP: number | null;
  readonly adjustedEquivalenceP: number | null;
  /** After correction for primary metrics, before any for exploratory ones. */
  readonly verdict: Verdict;
  /** Gain in standard deviations of the baseline over seeds; null without spread. */
  readonly effect: number | null;
  /** Gain with the noise of sampled patients instead of trainings. */
  readonly patients: Interval | null;
}

interface Judged {
  readonly row: ComparedMetric;
  readonly gains: readonly number[];
}

function effectOf(scores: PairedScores, descriptor: MetricDescriptor, gain: number | null): number | null {
  if (gain === null || scores.pairs.length < 2) return null;
  const spread = sampleStandardDeviation(scores.pairs.map(({ baseline }) => costOf(descriptor, baseline)));
  return spread > 0 ? gain / spread : null;
}

/** The primary metrics of one dataset with their verdicts corrected over them; either claim on its own. */
function corrected(primary: readonly Judged[]): Map<Judged, ComparedMetric> {
  const tested = primary.filter(({ row }) => row.judgement.p !== null);
  const p = holm(tested.map(({ row }) => row.judgement.p!));
  const withMargin = tested.filter(({ row }) => row.judgement.equivalenceP !== null);
  const equivalence = holm(withMargin.map(({ row }) => row.judgement.equivalenceP!));
  return new Map(
    tested.map((one, i) => {
      const adjustedEquivalenceP = equivalence[withMargin.indexOf(one)] ?? null;
      const verdict = verdictOf(p[i]!, adjustedEquivalenceP, one.gains);
      return [one, { ...one.row, adjustedP: p[i]!, adjustedEquivalenceP, verdict }];
    }),
  );
}

/**
 * Every metric that a candidate and a baseline have, in the order of the rows; pairs are seeds. Where rows of hospitals are
 * given, the worst hospital follows the other sites.
 */
export function compareRows(
  candidate: readonly ScoreRow[],
  baseline: readonly ScoreRow[],
  descriptors: readonly MetricDescriptor[],
  primary: readonly PrimaryMetric[] = PRIMARY_METRICS,
): ComparedMetric[] {
  const descriptorOf = (metric: string): MetricDescriptor | null =>
    descriptors.find(({ id }) => id === metric) ?? null;
  const all = [...pairRows(candidate, baseline), ...worstHospitalPairs(candidate, baseline, descriptorOf)];
  const planned = all.filter((scores) => {
    const descriptor = descriptorOf(scores.metric);
    return (
      descriptor !== null &&
      scores.site === 'pooled' &&
      metricKey(scores) === headlineKey(descriptor) &&
      primary.some(({ metric }) => metric === scores.metric)
    );
  });
  const judged = all.flatMap((scores): Judged[] => {
    const descriptor = descriptorOf(scores.metric);
    if (descriptor === null) return [];
    const { dataset, site, metric, parameters } = scores;
    const role = planned.includes(scores) ? 'primary' : 'exploratory';
    const headline = metricKey(scores) === headlineKey(descriptor);
    const margin = headline ? (primary.find((one) => one.metric === metric)?.margin ?? null) : null;
    const family = planned.filter((one) => one.dataset === dataset && one.pairs.length > 0).length;
    const differences = gains(scores, descriptor);
    const judgement = judge(differences, margin, role === 'primary' ? Math.max(1, family) : 1);
    const row: ComparedMetric = {
      dataset,
      site,
      descriptor,
      parameters: headline ? null : parameters,
      role,
      judgement,
      adjustedP: null,
      adjustedEquivalenceP: null,
      verdict: judgement.verdict,
      effect: effectOf(scores, descriptor, judgement.gain),
      patients: patientInterval(scores, descriptor),
    };
    return [{ row, gains: differences }];
  });
  const corrections = new Map(
    [...new Set(judged.map(({ row }) => row.dataset))].flatMap((dataset) => [
      ...corrected(judged.filter(({ row }) => row.dataset === dataset && row.role === 'primary')),
    ]),
  );
  return judged.map((one) => corrections.get(one) ?? one.row);
}

/** As `compareRows`, of two generators of one run. */
export function compareGenerators(
  rows: readonly ScoreRow[],
  candidate: Generator,
  baseline: Generator,
  descriptors: readonly MetricDescriptor[],
  primary: readonly PrimaryMetric[] = PRIMARY_METRICS,
): ComparedMetric[] {
  const of = (generator: Generator): ScoreRow[] => rows.filter((row) => belongsTo(row, generator));
  return compareRows(of(candidate), of(baseline), descriptors, primary);
}

import { headlineParameters } from '../metrics/headline.js';
import type { MetricDescriptor, MetricParameters, Result, ScoreRow } from '../metrics/contract.js';
import { mean } from './numbers.js';
import { placeKey, subjectKey, type Place, type Subject } from './subjects.js';

/** One metric with one parameter set of one generator at one place, over all seeds. */
export interface Score {
  readonly place: Place;
  readonly subject: Subject;
  readonly descriptor: MetricDescriptor;
  readonly parameters: MetricParameters;
  readonly headline: boolean;
  readonly seeds: number;
  /** `ok` as soon as one seed has a value. */
  readonly state: Result['state'];
  /** Mean over the seeds that have a value; null when none has. */
  readonly value: number | null;
  /** Mean over seeds of the ends of the 95 % patient-level interval: sampling noise only. */
  readonly low: number | null;
  readonly high: number | null;
  /** Standard deviation over seeds, training noise; null with fewer than two values. */
  readonly seedDeviation: number | null;
  readonly floor: number | null;
  readonly ceiling: number | null;
  /** Smallest number of stays over seeds. */
  readonly n: number;
  /** Why seeds have no value: distinct reasons with their states. */
  readonly gaps: readonly {
    readonly state: Result['state'];
    readonly reason: string;
    readonly seeds: number;
  }[];
}

/** Stable text of a parameter set, independent of the order of its keys. */
export function parametersKey(parameters: MetricParameters): string {
  return JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Rows of all seeds gathered into one score each, in the order of the rows. */
export function gatherScores(
  rows: readonly ScoreRow[],
  descriptors: readonly MetricDescriptor[],
  subjects: readonly Subject[],
  places: readonly Place[],
): readonly Score[] {
  const metricOf = new Map(descriptors.map((descriptor) => [descriptor.id, descriptor]));
  const subjectOf = new Map(subjects.map((subject) => [subjectKey(subject), subject]));
  const placeOf = new Map(places.map((place) => [placeKey(place), place]));
  const groups = new Map<string, ScoreRow[]>();
  for (const row of rows) {
    const key = [placeKey(row), subjectKey(row), row.metric, parametersKey(row.parameters)].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const scores: Score[] = [];
  for (const group of groups.values()) {
    const first = group[0]!;
    const descriptor = metricOf.get(first.metric);
    const subject = subjectOf.get(subjectKey(first));
    const place = placeOf.get(placeKey(first));
    if (descriptor === undefined || subject === undefined || place === undefined) continue;
    scores.push({
      place,
      subject,
      descriptor,
      parameters: first.parameters,
      ...summarise(group),
      headline: isHeadline(descriptor, first),
    });
  }
  return scores;
}

/** Metrics that rows name but no descriptor describes; a report says so instead of leaving them out silently. */
export function undescribedMetrics(
  rows: readonly ScoreRow[],
  descriptors: readonly MetricDescriptor[],
): readonly string[] {
  const known = new Set(descriptors.map((descriptor) => descriptor.id));
  return [...new Set(rows.map((row) => row.metric).filter((metric) => !known.has(metric)))];
}

function isHeadline(descriptor: MetricDescriptor, row: ScoreRow): boolean {
  return parametersKey(headlineParameters(descriptor)) === parametersKey(row.parameters);
}

function summarise(
  rows: readonly ScoreRow[],
): Omit<Score, 'place' | 'subject' | 'descriptor' | 'parameters' | 'headline'> {
  const valued = rows.filter((row) => row.state === 'ok' && row.value !== null);
  const values = valued.map((row) => row.value!);
  const centre = mean(values);
  const withInterval = valued.every((row) => row.ciLow !== null && row.ciHigh !== null);
  const gaps = new Map<string, { state: Result['state']; reason: string; seeds: number }>();
  for (const row of rows) {
    if (row.state === 'ok' && row.value !== null) continue;
    const reason = row.reason ?? 'no reason given';
    const gap = gaps.get(`${row.state}\n${reason}`) ?? { state: row.state, reason, seeds: 0 };
    gap.seeds++;
    gaps.set(`${row.state}\n${reason}`, gap);
  }
  return {
    seeds: rows.length,
    state: valued.length > 0 ? 'ok' : rows[0]!.state,
    value: centre,
    low: withInterval ? mean(valued.map((row) => row.ciLow!)) : null,
    high: withInterval ? mean(valued.map((row) => row.ciHigh!)) : null,
    seedDeviation: deviation(values),
    floor: mean(rows.flatMap((row) => row.floor ?? [])),
    ceiling: mean(rows.flatMap((row) => row.ceiling ?? [])),
    n: rows.reduce((smallest, row) => Math.min(smallest, row.n), Number.MAX_SAFE_INTEGER),
    gaps: [...gaps.values()],
  };
}

function deviation(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

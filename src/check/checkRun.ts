import { headlineKey, metricKey } from '../compare/pairedScores.js';
import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import type { Baseline, BaselineRow } from './baseline.js';
import type { CheckedRow, CheckedRun } from './checkedRow.js';
import { stated, verdictOn, type Judged } from './rowVerdict.js';
import { meanOf, ruleOf, ruleText } from './threshold.js';

const identityOf = (
  row: Pick<ScoreRow, 'dataset' | 'trainer' | 'variant' | 'site' | 'metric' | 'parameters'>,
) => JSON.stringify([row.dataset, row.trainer, row.variant, row.site, metricKey(row)]);

/** Whether a row's metric, variant and site are gated. */
export function isGated(
  { metrics, sites }: Baseline['gates'],
  row: ScoreRow,
  descriptors: readonly MetricDescriptor[],
): boolean {
  if (!metrics.includes(row.metric) || (sites === 'pooled' && row.site !== 'pooled')) return false;
  const descriptor = descriptors.find(({ id }) => id === row.metric);
  return descriptor !== undefined && headlineKey(descriptor) === metricKey(row);
}

function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Jobs that failed and have no row in the baseline that says so. */
function failedJobs(run: CheckedRun, baseline: Baseline): CheckedRow[] {
  const named = (one: Pick<BaselineRow, 'dataset' | 'trainer' | 'variant'>): string =>
    JSON.stringify([one.dataset, one.trainer, one.variant]);
  const known = new Set(baseline.rows.map(named));
  return run.failures
    .filter((failure) => !known.has(named(failure)))
    .map(({ dataset, trainer, variant, seed, reason }) => ({
      dataset,
      trainer,
      variant,
      site: 'pooled',
      metric: 'job',
      descriptor: null,
      before: null,
      after: null,
      spread: null,
      seeds: 0,
      rule: '',
      ...stated('failed', `the job failed at seed ${seed}: ${reason}`),
      seconds: 0,
    }));
}

const baselineRowOf = (row: ScoreRow): BaselineRow => ({ ...row, values: [] });

/**
 * Judges every row of the baseline against a run, then names gated rows that the baseline lacks, and failed metrics that
 * it does not gate: a failed metric always fails.
 */
export function checkRun(
  run: CheckedRun,
  baseline: Baseline,
  descriptors: readonly MetricDescriptor[],
): CheckedRow[] {
  const groups = new Map<string, ScoreRow[]>();
  for (const row of run.rows) {
    const group = groups.get(identityOf(row));
    if (group === undefined) groups.set(identityOf(row), [row]);
    else group.push(row);
  }
  const checked = (row: BaselineRow, own: readonly ScoreRow[], verdict: Judged): CheckedRow => {
    const { dataset, trainer, variant, site, metric } = row;
    const valued = (values: readonly (number | null)[]): number[] => values.flatMap((value) => value ?? []);
    const [before, after] = [valued(row.values), valued(own.map(({ value }) => value))];
    return {
      dataset,
      trainer,
      variant,
      site,
      metric,
      descriptor: descriptors.find(({ id }) => id === metric) ?? null,
      before: before.length === 0 ? null : meanOf(before),
      after: after.length === 0 ? null : meanOf(after),
      spread: deviation(after),
      seeds: after.length,
      rule: '',
      ...verdict,
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  };
  const rows = baseline.rows.map((row): CheckedRow => {
    const own = groups.get(identityOf(row)) ?? [];
    groups.delete(identityOf(row));
    const descriptor = descriptors.find(({ id }) => id === row.metric) ?? null;
    return {
      ...checked(row, own, verdictOn(row, own, descriptor, run, baseline)),
      rule: ruleText(ruleOf(baseline, row.metric)),
    };
  });
  const others = [...groups.values()].flatMap((own): CheckedRow[] => {
    const first = own[0]!;
    const fault = own.find(({ state }) => state === 'failed' || state === 'timed-out');
    if (fault !== undefined)
      return [
        checked(
          baselineRowOf(first),
          own,
          stated('failed', `${fault.state} at seed ${fault.seed}: ${fault.reason ?? '–'}`),
        ),
      ];
    return isGated(baseline.gates, first, descriptors)
      ? [checked(baselineRowOf(first), own, stated('new', 'not in the baseline'))]
      : [];
  });
  return [...rows, ...others, ...failedJobs(run, baseline)];
}

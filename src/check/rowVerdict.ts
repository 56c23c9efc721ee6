import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import type { Baseline, BaselineRow } from './baseline.js';
import type { CheckedRow, CheckedRun, RowVerdict } from './checkedRow.js';
import { costsOf, meanOf, thresholdOf } from './threshold.js';

/** What is said of a row. */
export type Judged = Pick<CheckedRow, 'verdict' | 'reason' | 'change' | 'threshold'>;

/** A verdict that rests on no number. */
export const stated = (verdict: RowVerdict, reason: string | null): Judged => ({
  verdict,
  reason,
  change: null,
  threshold: null,
});

/** What is allowed to fail comes last: a metric that failed, then one that is missing, then numbers. */
export function verdictOn(
  row: BaselineRow,
  own: readonly ScoreRow[],
  descriptor: MetricDescriptor | null,
  run: CheckedRun,
  baseline: Baseline,
): Judged {
  if (descriptor === null) return stated('missing', 'this version has no such metric');
  const fault = own.find(({ state }) => state === 'failed' || state === 'timed-out');
  if (fault !== undefined)
    return stated('failed', `${fault.state} at seed ${fault.seed}: ${fault.reason ?? '–'}`);
  const absent = run.manifest.seeds.filter((seed) => !own.some((one) => one.seed === seed));
  if (absent.length > 0) {
    const job = run.failures.find(
      (one) =>
        one.dataset === row.dataset &&
        one.trainer === row.trainer &&
        one.variant === row.variant &&
        absent.includes(one.seed),
    );
    return job === undefined
      ? stated('missing', `no row at seed ${absent.join(', ')}`)
      : stated('failed', `the job failed at seed ${job.seed}: ${job.reason}`);
  }
  const other = own.find(({ metricVersion }) => metricVersion !== row.metricVersion);
  if (other !== undefined)
    return stated(
      'incomparable',
      `version ${other.metricVersion} of the metric, the baseline has ${row.metricVersion}`,
    );
  const before = costsOf(descriptor, row.values);
  const after = costsOf(
    descriptor,
    own.map(({ value }) => value),
  );
  const valueless = own.find(({ value }) => value === null);
  if (valueless !== undefined && before.length === row.values.length)
    return stated('missing', `${valueless.state} at seed ${valueless.seed}: ${valueless.reason ?? '–'}`);
  if (before.length === 0)
    return after.length === 0
      ? stated('pass', 'without a value, as in the baseline')
      : stated('improved', 'has a value now');
  if (after.length === 0) return stated('missing', `no value at any seed: ${valueless?.reason ?? '–'}`);
  const change = meanOf(after) - meanOf(before);
  const allowed = thresholdOf(baseline, row, descriptor, after.length);
  const { threshold } = allowed;
  if (threshold === null) return { verdict: 'inconclusive', reason: allowed.reason, change, threshold };
  const verdict = change > threshold ? 'regression' : change < -threshold ? 'improved' : 'pass';
  return { verdict, reason: null, change, threshold };
}

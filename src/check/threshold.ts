import { costOf } from '../metrics/cost.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import { metricKey } from '../compare/pairedScores.js';
import { normalCdf } from '../stats/normal.js';
import { studentUpperQuantile } from '../stats/studentT.js';
import type { Baseline, BaselineRow, Rule } from './baseline.js';

/** Values of a row as costs, seeds without a value left out. */
export const costsOf = (descriptor: MetricDescriptor, values: readonly (number | null)[]): number[] =>
  values.flatMap((value) => (value === null ? [] : costOf(descriptor, value)));

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Spread {
  /** Standard deviation over seeds. */
  readonly deviation: number;
  readonly degrees: number;
}

function spreadOf(rows: readonly (readonly number[])[]): Spread | null {
  let squares = 0;
  let degrees = 0;
  for (const costs of rows) {
    if (costs.length < 2) continue;
    const centre = meanOf(costs);
    for (const cost of costs) squares += (cost - centre) ** 2;
    degrees += costs.length - 1;
  }
  return degrees === 0 ? null : { deviation: Math.sqrt(squares / degrees), degrees };
}

/** Noise of one row over seeds: its own or, if larger, that of all generators of its kind by the same metric at the same site. */
function noiseOf(baseline: Baseline, row: BaselineRow, descriptor: MetricDescriptor): Spread | null {
  const isReference = (one: BaselineRow): boolean => baseline.references.includes(one.trainer);
  const kin = baseline.rows.filter(
    (one) =>
      one.dataset === row.dataset &&
      one.site === row.site &&
      metricKey(one) === metricKey(row) &&
      isReference(one) === isReference(row),
  );
  const own = spreadOf([costsOf(descriptor, row.values)]);
  const pooled = spreadOf(kin.map((one) => costsOf(descriptor, one.values)));
  if (own === null || pooled === null) return pooled;
  return own.deviation > pooled.deviation ? { ...pooled, deviation: own.deviation } : pooled;
}

export const ruleOf = ({ rules }: Pick<Baseline, 'rules'>, metric: string): Rule =>
  (Object.hasOwn(rules, metric) ? rules[metric] : undefined) ?? rules.default;

/** The rule in words. */
export function ruleText(rule: Rule): string {
  if (rule.kind === 'absolute') return `at most ${rule.most}`;
  if (rule.kind === 'relative') return `at most ${100 * rule.most} %`;
  return `${rule.k} σ of the baseline's seeds${rule.least > 0 ? `, at least ${rule.least}` : ''}`;
}

/**
 * By how much a row's mean cost may rise above its baseline's, in the metric's unit.
 *
 * - `absolute`: `most`.
 * - `relative`: `most` times the size of the baseline's mean cost.
 * - `sigma`: k·σ̂·√(1/m + 1/n) for m seeds of the run and n of the baseline, with k widened to the quantile of Student's t that
 *   is passed as rarely as k standard deviations of a normal, since σ̂ is an estimate; at least `least`. σ̂ is the deviation over
 *   seeds of the row or, if larger, the pooled one of all trained generators (or all references) by that metric at that site.
 *
 * @param seeds number of the run's values
 * @returns null, with the reason, where the rule says nothing
 */
export function thresholdOf(
  baseline: Baseline,
  row: BaselineRow,
  descriptor: MetricDescriptor,
  seeds: number,
): { readonly threshold: number } | { readonly threshold: null; readonly reason: string } {
  const rule = ruleOf(baseline, row.metric);
  if (rule.kind === 'absolute') return { threshold: rule.most };
  const costs = costsOf(descriptor, row.values);
  if (rule.kind === 'relative') {
    const size = Math.abs(meanOf(costs));
    return size > 0
      ? { threshold: rule.most * size }
      : { threshold: null, reason: 'a relative rule says nothing about a baseline of 0' };
  }
  const noise = noiseOf(baseline, row, descriptor);
  if (noise === null)
    return { threshold: null, reason: 'a sigma rule needs a baseline of at least two seeds' };
  const widened = studentUpperQuantile(normalCdf(-rule.k), noise.degrees);
  return {
    threshold: Math.max(rule.least, widened * noise.deviation * Math.sqrt(1 / seeds + 1 / costs.length)),
  };
}

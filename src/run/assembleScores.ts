import type { ScoreRow } from '../metrics/contract.js';
import { metricNamed } from '../metrics/selection.js';
import type { ScoredSite } from '../metrics/scoreCohort.js';
import { contentKey } from '../suite/contentKey.js';
import type { GeneratorKey } from './contract.js';

/** null for anything that JSON cannot hold. */
function finite(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}

/**
 * Tidy rows of one generator, in the order of sites and metrics.
 *
 * @param hasSmallHospital whether a hospital's number of stays is withheld: then `n` is rounded to 50
 * @param mark what speaks against every score, `code: words`; it stands as the reason of scores with a value
 */
export function scoreRows(
  suite: string,
  generator: GeneratorKey,
  scored: readonly ScoredSite[],
  scoreKey: string,
  hasSmallHospital: boolean,
  mark: string | null = null,
): ScoreRow[] {
  // With one hospital's number withheld, exact numbers of the others and of all would give it away.
  const printed = (n: number): number => (hasSmallHospital ? 50 * Math.max(1, Math.round(n / 50)) : n);
  return scored.map(({ site, metric, parameters, result, floor, ceiling, seconds }) => {
    const { descriptor } = metricNamed(metric);
    const ok = result.state === 'ok';
    return {
      suite,
      ...generator,
      site,
      metric,
      metricVersion: descriptor.version,
      parameters,
      value: ok ? finite(result.value) : null,
      ciLow: ok ? finite(result.ciLow) : null,
      ciHigh: ok ? finite(result.ciHigh) : null,
      floor: finite(floor),
      ceiling: finite(ceiling),
      direction: descriptor.direction,
      n: printed(result.n),
      state: result.state,
      reason: ok ? mark : result.reason,
      seconds,
      key: contentKey({ scoreKey, site, metric, parameters }),
    };
  });
}

/** `120 ok, 2 undefined, 1 timed-out`: states that do not occur are left out, but for `ok`. */
export function statesText(states: ReturnType<typeof countStates>): string {
  return Object.entries(states)
    .filter(([state, count]) => state === 'ok' || count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

/** A run whose metrics failed, as a person reads it: how many rows per state. */
export function countStates(rows: readonly ScoreRow[]): Readonly<Record<ScoreRow['state'], number>> {
  const counts = { ok: 0, skipped: 0, undefined: 0, failed: 0, 'timed-out': 0 };
  for (const row of rows) counts[row.state]++;
  return counts;
}

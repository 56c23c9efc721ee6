import { InputError } from '../cohort/inputError.js';
import { protocolOf } from '../compare/comparability.js';
import { headlineKey, metricKey } from '../compare/pairedScores.js';
import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import { referenceIds } from '../report/subjects.js';
import { canonicalJson } from '../suite/contentKey.js';
import type { Baseline, BaselineRow } from './baseline.js';
import { isGated } from './checkRun.js';
import type { CheckedRun } from './checkedRow.js';

/** Rules of a new baseline. The tail of 3.5 normal standard deviations is 1 in 4,300 a row; `least` is below what any reader acts on. */
export const SHIPPED_RULES: Baseline['rules'] = { default: { kind: 'sigma', k: 3.5, least: 0.005 } };

/** What is asked for beside what an existing baseline says. */
export interface UpdateOptions {
  readonly reason: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Version of this product. */
  readonly version: string;
  /** Replaces what is gated; by default what the existing baseline gates, else the headline metrics at all sites. */
  readonly metrics?: readonly string[];
  readonly sites?: Baseline['gates']['sites'];
}

/** Score rows of all seeds as one row of values by seed. */
function gathered(rows: readonly ScoreRow[], seeds: readonly number[]): BaselineRow[] {
  const groups = new Map<string, ScoreRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.dataset, row.trainer, row.variant, row.site, metricKey(row)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group): BaselineRow => {
    const { dataset, trainer, variant, site, metric, metricVersion, parameters } = group[0]!;
    const values = seeds.map((seed) => group.find((row) => row.seed === seed)?.value ?? null);
    return { dataset, trainer, variant, site, metric, metricVersion, parameters: { ...parameters }, values };
  });
}

function requireWhole(run: CheckedRun, file: string): void {
  const fault = run.rows.find(({ state }) => state === 'failed' || state === 'timed-out');
  const [failure] = run.failures;
  if (fault === undefined && failure === undefined) return;
  throw new InputError({
    file,
    expected: 'a run without failures, since a baseline must not hold any',
    found:
      fault === undefined
        ? `${failure!.trainer}/${failure!.variant} failed at seed ${failure!.seed}`
        : `${fault.metric} ${fault.state} for ${fault.trainer}/${fault.variant}`,
    remedy: 'Mend it and run the suite again.',
  });
}

/**
 * The baseline that a run makes: its values by seed, with the rules of the existing baseline kept and the reason added to its
 * history.
 *
 * @throws InputError for a run with failures, one without gated rows, and one with a single seed under a sigma rule
 */
export function updatedBaseline(
  run: CheckedRun,
  existing: Baseline | null,
  descriptors: readonly MetricDescriptor[],
  options: UpdateOptions,
  file: string,
): Baseline {
  requireWhole(run, file);
  const headlines = descriptors
    .filter((one) => one.headline && run.rows.some((row) => metricKey(row) === headlineKey(one)))
    .map(({ id }) => id);
  const gates: Baseline['gates'] = {
    metrics: [...(options.metrics ?? existing?.gates.metrics ?? headlines)],
    sites: options.sites ?? existing?.gates.sites ?? 'all',
  };
  const rows = gathered(
    run.rows.filter((row) => isGated(gates, row, descriptors)),
    run.manifest.seeds,
  );
  const rules = existing?.rules ?? SHIPPED_RULES;
  if (rows.length === 0)
    throw new InputError({
      file,
      expected: `scores of ${gates.metrics.join(', ') || 'a headline metric'}`,
      found: 'none in the run',
      remedy: 'Run a suite with these metrics, or name others with --metric.',
    });
  if (
    run.manifest.seeds.length < 2 &&
    rows.some(({ metric }) => (rules[metric] ?? rules.default).kind === 'sigma')
  )
    throw new InputError({
      file,
      expected: 'several seeds, since a rule measures their noise',
      found: 'one seed',
      remedy: 'Run the suite with --seeds 0-4, or write absolute rules into the baseline file.',
    });
  const textOf = (one: BaselineRow): string => canonicalJson(one);
  const keyOf = (one: BaselineRow): string => canonicalJson({ ...one, values: [], metricVersion: 0 });
  const before = new Map((existing?.rows ?? []).map((one) => [keyOf(one), textOf(one)]));
  const after = new Map(rows.map((one) => [keyOf(one), textOf(one)]));
  const entry = {
    date: options.date,
    reason: options.reason,
    version: options.version,
    seeds: [...run.manifest.seeds],
    rows: {
      added: [...after.keys()].filter((key) => !before.has(key)).length,
      removed: [...before.keys()].filter((key) => !after.has(key)).length,
      changed: [...after].filter(([key, text]) => before.has(key) && before.get(key) !== text).length,
    },
  };
  return {
    format: 'fedehr-baseline',
    version: 1,
    suite: run.manifest.suite,
    engine: run.manifest.engine,
    seeds: [...run.manifest.seeds],
    datasets: run.manifest.datasets.map(({ id, label, sha256 }) => ({
      id,
      label,
      sha256: { ...sha256 },
      protocol: protocolOf(run.manifest, id),
    })),
    references: [...referenceIds(run.manifest)],
    gates,
    rules,
    rows,
    history: [...(existing?.history ?? []), entry],
  };
}

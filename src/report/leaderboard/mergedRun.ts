import type { MetricDescriptor } from '../../metrics/contract.js';
import type { GeneratorKey, RunResults } from '../../run/contract.js';
import { referenceIds } from '../subjects.js';
import type { ComparableGroup, NamedRun } from './comparable.js';

/** Comparable runs as one, in which every generator is named with its run; a reference stands once, of the first run that has it. */
export interface MergedRun {
  readonly results: RunResults;
  /** Run and own name of every renamed trainer. */
  readonly origin: ReadonlyMap<string, { readonly run: string; readonly trainer: string }>;
  /** Scores of an older version of a metric than another run's: shown without a value. */
  readonly outdated: readonly { readonly run: string; readonly metric: string; readonly version: number }[];
}

export function mergeRuns({ dataset, runs }: ComparableGroup): MergedRun {
  const origin = new Map<string, { run: string; trainer: string }>();
  const referenceOf = new Map<string, NamedRun>();
  for (const run of runs)
    for (const id of referenceIds(run.results.manifest)) if (!referenceOf.has(id)) referenceOf.set(id, run);
  const newest = newestVersions(runs, dataset);
  const outdated = new Map<string, { run: string; metric: string; version: number }>();

  const renamed = <T extends GeneratorKey>(run: NamedRun, items: readonly T[]): T[] =>
    items.flatMap((item) => {
      if (item.dataset !== dataset) return [];
      const reference = referenceOf.get(item.trainer);
      if (reference !== undefined) return reference === run ? [item] : [];
      const trainer = `${item.trainer} (${run.name})`;
      origin.set(trainer, { run: run.name, trainer: item.trainer });
      return [{ ...item, trainer }];
    });

  const rows = runs.flatMap((run) =>
    renamed(run, run.results.rows).map((row) => {
      if (row.metricVersion === newest.get(row.metric)) return row;
      outdated.set(`${run.name}\n${row.metric}`, {
        run: run.name,
        metric: row.metric,
        version: row.metricVersion,
      });
      const reason = `other-version: scored with version ${row.metricVersion}, others with ${newest.get(row.metric)!}`;
      return { ...row, value: null, ciLow: null, ciHigh: null, state: 'skipped' as const, reason };
    }),
  );
  const [first] = runs;
  const { manifest } = first!.results;
  return {
    origin,
    outdated: [...outdated.values()],
    results: {
      manifest: {
        ...manifest,
        suite: 'leaderboard',
        config: { ...manifest.config, references: [...referenceOf.keys()] },
        seeds: [...new Set(runs.flatMap((run) => run.results.manifest.seeds))].sort((a, b) => a - b),
        engine: [...new Set(runs.map((run) => run.results.manifest.engine))].join(', '),
        datasets: manifest.datasets.filter(({ id }) => id === dataset),
      },
      rows,
      figures: [],
      training: runs.flatMap((run) => renamed(run, run.results.training)),
      failures: runs.flatMap((run) => renamed(run, run.results.failures)),
    },
  };
}

function newestVersions(
  runs: readonly NamedRun[],
  dataset: string,
): ReadonlyMap<MetricDescriptor['id'], number> {
  const newest = new Map<string, number>();
  for (const { results } of runs)
    for (const row of results.rows)
      if (row.dataset === dataset)
        newest.set(row.metric, Math.max(newest.get(row.metric) ?? 0, row.metricVersion));
  return newest;
}

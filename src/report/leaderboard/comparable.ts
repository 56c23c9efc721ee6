import { protocolOf } from '../../compare/comparability.js';
import { canonicalJson } from '../../suite/contentKey.js';
import type { RunManifest, RunResults } from '../../run/contract.js';
import { displayName } from '../names.js';

/** A run folder as the leaderboard names it. */
export interface NamedRun {
  /** Printed name, distinct among runs. */
  readonly name: string;
  readonly results: RunResults;
}

/** Runs whose scores of one dataset stand side by side: the same real patients, cut and split in the same way. */
export interface ComparableGroup {
  readonly dataset: string;
  readonly title: string;
  readonly runs: readonly NamedRun[];
}

/** A run that stands alone on a dataset of that name, and what sets it apart. */
export interface Incomparable {
  readonly dataset: string;
  readonly run: string;
  readonly reasons: readonly string[];
}

/** What must be equal for two runs' scores to stand side by side, by name. */
type Terms = Readonly<Record<string, unknown>>;

function termsOf(manifest: RunManifest, dataset: RunManifest['datasets'][number]): Terms {
  return {
    'real data': Object.fromEntries(Object.entries(dataset.sha256).filter(([part]) => part !== 'synthetic')),
    hospitals: dataset.hospitals.map(({ id }) => id),
    label: dataset.label,
    engine: manifest.engine,
    ...protocolOf(manifest, dataset.id),
  };
}

const keyOf = (terms: Terms): string => canonicalJson(terms);

/**
 * Groups of comparable runs, largest first for every dataset, and the runs that no other can be compared with. With several
 * groups of one dataset, the smaller ones are told apart from the largest.
 */
export function groupRuns(runs: readonly NamedRun[]): {
  readonly groups: readonly ComparableGroup[];
  readonly incomparable: readonly Incomparable[];
} {
  const byDataset = new Map<string, Map<string, { terms: Terms; title: string; runs: NamedRun[] }>>();
  for (const run of runs) {
    run.results.manifest.datasets.forEach((dataset) => {
      const terms = termsOf(run.results.manifest, dataset);
      const groups = byDataset.get(dataset.id) ?? new Map<string, never>();
      byDataset.set(dataset.id, groups);
      const group = groups.get(keyOf(terms)) ?? { terms, title: dataset.title, runs: [] };
      groups.set(keyOf(terms), group);
      group.runs.push(run);
    });
  }
  const groups: ComparableGroup[] = [];
  const incomparable: Incomparable[] = [];
  for (const [dataset, found] of byDataset) {
    const sorted = [...found.values()].sort((a, b) => b.runs.length - a.runs.length);
    const [largest] = sorted;
    for (const group of sorted) {
      groups.push({ dataset, title: group.title, runs: group.runs });
      if (group === largest) continue;
      const reasons = differences(largest!.terms, group.terms);
      incomparable.push(...group.runs.map((run) => ({ dataset, run: run.name, reasons })));
    }
  }
  return { groups, incomparable };
}

function differences(expected: Terms, found: Terms): readonly string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])]
    .filter((name) => canonicalJson(expected[name] ?? null) !== canonicalJson(found[name] ?? null))
    .map((name) => `other ${name}`);
}

/** Printed names of run folders, distinct: the folder's name, with as much of its path as it takes. */
export function runNames(folders: readonly string[]): readonly string[] {
  const parts = folders.map((folder) => folder.replace(/[/\\]+$/u, '').split(/[/\\]/u));
  const named = (depth: number): string[] => parts.map((path) => path.slice(-depth).join('/'));
  const distinct = new Set(parts.map((path) => path.join('/'))).size;
  let depth = 1;
  while (new Set(named(depth)).size < distinct) depth++;
  return named(depth).map((name, index, all) =>
    all.indexOf(name) === index ? displayName(name) : `${displayName(name)} (${index + 1})`,
  );
}

import { InputError } from '../cohort/inputError.js';
import { otherDifferences, requireComparable } from '../compare/comparability.js';
import { primaryMetricsOf } from '../compare/primary.js';
import type { RunResults } from '../run/contract.js';
import { readRun } from '../run/runFolder.js';
import { canonicalJson } from '../suite/contentKey.js';

/** What comparisons read of a run. */
export type Runs = Pick<RunResults, 'manifest' | 'rows' | 'training' | 'failures'>;

/** Folders given to `fedehr compare`: one body of results, or the same datasets before and after. */
export type ComparedRuns =
  | { readonly kind: 'one'; readonly runs: Runs }
  | {
      readonly kind: 'two';
      readonly before: Runs;
      readonly after: Runs;
      /** What else differs between the runs, in sentences. */
      readonly notes: readonly string[];
    };

/** Runs of different datasets as one. */
function joined(folders: readonly string[], runs: readonly Runs[]): Runs {
  const [first] = runs;
  runs.forEach((run, i) => {
    const declared = canonicalJson(primaryMetricsOf(run.manifest));
    if (declared !== canonicalJson(primaryMetricsOf(first!.manifest)))
      throw new InputError({
        file: folders[i]!,
        place: 'primary',
        expected: `the primary metrics of ${folders[0]!}`,
        found: declared,
        remedy: 'Compare the runs one by one.',
      });
  });
  return {
    manifest: { ...first!.manifest, datasets: runs.flatMap(({ manifest }) => manifest.datasets) },
    rows: runs.flatMap(({ rows }) => rows),
    training: runs.flatMap(({ training }) => training),
    failures: runs.flatMap(({ failures }) => failures),
  };
}

/**
 * Reads run folders: two that share a dataset are one before and one after, others are joined.
 *
 * @throws InputError for two runs that are not comparable, and for more than two that share a dataset
 */
export async function readCompared(folders: readonly string[]): Promise<ComparedRuns> {
  const runs = await Promise.all(folders.map(readRun));
  const ids = runs.flatMap(({ manifest }) => manifest.datasets.map(({ id }) => id));
  const shared = ids.find((id, i) => ids.indexOf(id) !== i);
  if (shared === undefined) return { kind: 'one', runs: joined(folders, runs) };
  const [before, after] = runs;
  if (runs.length !== 2 || before === undefined || after === undefined)
    throw new InputError({
      file: folders.join(', '),
      place: `dataset ${shared}`,
      expected: 'two runs with shared datasets, or any number without',
      found: `${runs.length} runs, several with it`,
      remedy: 'Compare two at a time.',
    });
  requireComparable({ ...before, name: folders[0]! }, { ...after, name: folders[1]! });
  return { kind: 'two', before, after, notes: otherDifferences(before.manifest, after.manifest) };
}

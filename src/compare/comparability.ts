import { z } from 'zod';
import { InputError } from '../cohort/inputError.js';
import type { ScoreRow } from '../metrics/contract.js';
import type { RunManifest, RunResults } from '../run/contract.js';
import { datasetName } from '../run/plan.js';
import { canonicalJson } from '../suite/contentKey.js';
import { suiteSchema } from '../suite/schema.js';

type Compared = Pick<RunResults, 'manifest' | 'rows'>;

/** What decides which patients a dataset's scores are about, as far as the suite says it; null without a suite (`fedehr score`). */
export function protocolOf(
  { config }: Pick<RunManifest, 'config'>,
  dataset: string,
): Record<string, unknown> {
  const suite = suiteSchema.safeParse(config);
  if (!suite.success)
    return { scoring: z.object({ label: z.unknown() }).safeParse(config).data?.label ?? null };
  const entry = suite.data.datasets.find((one) => datasetName(one) === dataset);
  return {
    split: suite.data.split,
    'patients a hospital': entry?.patientsPerHospital ?? null,
    steps: entry?.steps ?? null,
    'size of the synthetic cohort': suite.data.synthetic.size,
  };
}

function differences(
  what: string,
  first: Readonly<Record<string, unknown>>,
  second: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(first), ...Object.keys(second)])]
    .filter((key) => canonicalJson(first[key] ?? null) !== canonicalJson(second[key] ?? null))
    .map(
      (key) =>
        `${what}: ${key} ${JSON.stringify(first[key] ?? null)} against ${JSON.stringify(second[key] ?? null)}`,
    );
}

/** Content hashes of the real data; `fedehr score` also lists that of the synthetic cohort, which is what is compared. */
const realHashes = (sha256: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sha256).filter(([file]) => file !== 'synthetic'));

function metricVersions(rows: readonly ScoreRow[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row.metric, row.metricVersion]));
}

/**
 * Why scores of two runs on the datasets that both have must not be compared, one sentence each; empty when they may.
 * What a comparison may be about differs freely: trainers, their parameters, seeds, versions of the software.
 */
export function whyNotComparable(first: Compared, second: Compared): string[] {
  const reasons: string[] = [];
  if (first.manifest.engine !== second.manifest.engine)
    reasons.push(`engine: ${first.manifest.engine} against ${second.manifest.engine}`);
  for (const dataset of first.manifest.datasets) {
    const other = second.manifest.datasets.find(({ id }) => id === dataset.id);
    if (other === undefined) continue;
    const name = `dataset ${dataset.id}`;
    reasons.push(
      ...differences(`${name}, data hash`, realHashes(dataset.sha256), realHashes(other.sha256)),
      ...differences(
        name,
        { ...protocolOf(first.manifest, dataset.id), label: dataset.label },
        { ...protocolOf(second.manifest, dataset.id), label: other.label },
      ),
    );
  }
  const [ours, theirs] = [metricVersions(first.rows), metricVersions(second.rows)];
  for (const metric of Object.keys(ours))
    if (theirs[metric] !== undefined && theirs[metric] !== ours[metric])
      reasons.push(`metric ${metric}: version ${ours[metric]} against ${theirs[metric]}`);
  return reasons;
}

/**
 * Refuses two runs whose scores must not be compared.
 *
 * @throws InputError with every reason
 */
export function requireComparable(
  first: Compared & { readonly name: string },
  second: Compared & { readonly name: string },
): void {
  const reasons = whyNotComparable(first, second);
  if (reasons.length === 0) return;
  throw new InputError({
    file: second.name,
    expected: `a run that can be compared with ${first.name}`,
    found: `differences other than between generators:\n  ${reasons.join('\n  ')}`,
    remedy: 'Run both on the same data, split, engine and metric versions.',
  });
}

/** Differences that do not forbid a comparison but may explain one, one sentence each. */
export function otherDifferences(first: RunManifest, second: RunManifest): string[] {
  return [
    ...differences('version', first.versions, second.versions),
    ...differences(
      'machine',
      { processor: first.machine.processor, platform: first.machine.platform },
      { processor: second.machine.processor, platform: second.machine.platform },
    ),
  ];
}

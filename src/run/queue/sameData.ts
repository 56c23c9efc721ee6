import { folderHashes } from '../../cohort/readCohort.js';
import { resolveDataset } from '../../datasets/resolveDataset.js';
import { canonicalJson } from '../../suite/contentKey.js';
import type { PreparedDataset } from '../plan.js';

const checked = new Map<string, Promise<string | null>>();

async function difference({ name, source, sha256 }: PreparedDataset): Promise<string | null> {
  const here =
    'id' in source
      ? (await resolveDataset(source.id, source.parameters)).sha256
      : await folderHashes(source.path);
  return canonicalJson(here) === canonicalJson(sha256)
    ? null
    : `data: the dataset ${name} has other bytes on this worker than where the run was started`;
}

/**
 * Whether this machine has a dataset with the bytes that the job's key was made of: a product of other bytes must never get that
 * key. Looked at once a process.
 *
 * @returns what differs, or null
 */
export async function dataDifference(dataset: PreparedDataset): Promise<string | null> {
  const name = canonicalJson(dataset);
  const found = checked.get(name) ?? difference(dataset);
  checked.set(name, found);
  let differs: string | null;
  try {
    differs = await found;
  } catch (error) {
    differs = `data: the dataset ${dataset.name} cannot be read on this worker: ${error instanceof Error ? error.message : String(error)}`;
  }
  // What differs may be mended while the worker goes on.
  if (differs !== null) checked.delete(name);
  return differs;
}

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { readCohort } from '../../../src/cohort/readCohort.js';
import type { Cohort } from '../../../src/cohort/types.js';
import type { IngestAdapter } from '../../../src/datasets/ingest/adapter.js';
import { ingest, type IngestResult } from '../../../src/datasets/ingest/ingest.js';
import type { IngestOptions } from '../../../src/datasets/ingest/ingestOptions.js';

/** A folder for one test file, and a place beside it for cohorts. */
export interface Scratch {
  readonly root: string;
  readonly from: string;
  remove(): Promise<void>;
}

export async function scratch(): Promise<Scratch> {
  const root = await mkdtemp(path.join(tmpdir(), 'fedehr-ingest-'));
  const from = path.join(root, 'source');
  await mkdir(from);
  return { root, from, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Writes `name` (gzipped when it ends in .gz): a header line and rows as the publisher writes them. */
export async function writeTable(folder: string, name: string, lines: readonly string[]): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  const text = `${lines.join('\n')}\n`;
  await writeFile(file, name.endsWith('.gz') ? gzipSync(text) : text);
}

const defaults: Omit<IngestOptions, 'from' | 'out'> = {
  features: 'vitals-labs',
  hospitals: { kind: 'all' },
  labels: ['mortality'],
  adults: false,
  firstStay: false,
  form: 'grid',
  unknownUnits: 'error',
  memory: '512MB',
  threads: 2,
};

/** Ingests into `root/<name>` and reads the cohort back. */
export async function ingested(
  adapter: IngestAdapter,
  { root, from }: Scratch,
  name: string,
  options: Partial<IngestOptions> = {},
): Promise<{ cohort: Cohort; result: IngestResult; out: string; notes: string[] }> {
  const out = path.join(root, name);
  const notes: string[] = [];
  const result = await ingest(adapter, { ...defaults, from, out, ...options }, (text) => notes.push(text));
  return { cohort: await readCohort(out), result, out, notes };
}

/** The message of the InputError, after a check that nothing was left behind beside the source. */
export async function refusal(
  adapter: IngestAdapter,
  place: Scratch,
  options: Partial<IngestOptions> = {},
): Promise<string> {
  const out = path.join(place.root, 'refused');
  const before = await readdir(place.root);
  try {
    await ingest(adapter, { ...defaults, from: place.from, out, ...options }, () => undefined);
  } catch (error) {
    const after = await readdir(place.root);
    if (after.join() !== before.join()) throw new Error(`left behind: ${after.join()}`, { cause: error });
    if (error instanceof Error && error.name === 'InputError') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Value of a feature at a step of the n-th stay; null = not observed. */
export function valueAt(cohort: Cohort, stay: number, step: number, feature: string): number | null {
  const { steps, features } = cohort.schema;
  const index = features.findIndex(({ name }) => name === feature);
  if (index < 0) throw new Error(`no feature ${feature}`);
  const at = (stay * steps + step) * features.length + index;
  return cohort.observed[at] === 1 ? cohort.values[at]! : null;
}

/** Label of every stay; null = unknown. */
export function labelsOf(cohort: Cohort, label: string): (number | null)[] {
  const width = cohort.schema.labels.length;
  const index = cohort.schema.labels.findIndex(({ name }) => name === label);
  return Array.from({ length: cohort.size }, (_, stay) =>
    cohort.labelsObserved[stay * width + index] === 1 ? cohort.labels[stay * width + index]! : null,
  );
}

/** Static of every stay: number, level or null. */
export function staticsOf(cohort: Cohort, name: string): (number | string | null)[] {
  const { statics } = cohort.schema;
  const index = statics.findIndex((one) => one.name === name);
  const levels = statics[index]!.levels;
  return Array.from({ length: cohort.size }, (_, stay) => {
    const at = stay * statics.length + index;
    if (cohort.staticsObserved[at] !== 1) return null;
    const value = cohort.statics[at]!;
    return levels === undefined ? value : levels[value]!;
  });
}

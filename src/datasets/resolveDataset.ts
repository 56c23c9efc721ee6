import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';

import { fileHash, findTable } from '../cohort/cohortTables.js';
import { documentFault } from '../cohort/documentFault.js';
import { readDescription } from '../cohort/readCohort.js';
import type { Cohort, CohortSchema } from '../cohort/types.js';
import { datasetById } from './datasets.js';
import { partitionCohort, partitionNamed } from './partition.js';
import { partitions } from './partitions.js';
import { simulationSchema } from './simulated/options.js';
import { simulate } from './simulated/simulate.js';

/** Raised whenever equal parameters of the simulator could give another cohort. */
const simulatorVersion = 1;

/** A dataset of a suite, checked, before its stays are read or drawn. */
export interface ResolvedDataset {
  readonly id: string;
  /** Parameters with defaults filled in. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly schema: CohortSchema;
  /** Cohort folder; null for `simulated`, which has none. */
  readonly folder: string | null;
  /** Content hashes: of the folder's files, or of the simulator's parameters. Equal hashes and parameters, equal cohort. */
  readonly sha256: Readonly<Record<string, string>>;
  load(): Promise<Cohort>;
}

const simulatedParameters = simulationSchema.extend({
  seed: z.int().min(0).default(0).describe('Seed of what is planted and of the stays.'),
});

const shippedParameters = z.strictObject({
  partition: z
    .string()
    .default('hospital')
    .describe('Which grouping of stays counts as hospitals, where the dataset has several.'),
});

/** JSON Schema of the parameters that a dataset takes in a suite. */
export function datasetParameterSchema(id: string): unknown {
  return z.toJSONSchema(id === 'simulated' ? simulatedParameters : shippedParameters, { io: 'input' });
}

function resolveSimulated(parameters: unknown, place: string): ResolvedDataset {
  const parsed = simulatedParameters.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, simulatedParameters, parameters, place);
  const { seed, ...options } = parsed.data;
  const simulation = simulate(options, seed);
  const text = JSON.stringify([
    simulatorVersion,
    Object.entries(parsed.data).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return {
    id: 'simulated',
    parameters: parsed.data,
    schema: simulation.schema,
    folder: null,
    sha256: { parameters: createHash('sha256').update(text).digest('hex') },
    load: () => Promise.resolve(simulation.cohort()),
  };
}

/**
 * The dataset that a suite's entry `{ id, parameters }` means: a shipped cohort (parameter `partition`), or `simulated`
 * (the simulator's parameters and `seed`).
 *
 * @param place where the entry stands, for messages
 * @throws InputError on an unknown id, unknown or wrong parameters
 */
export async function resolveDataset(
  id: string,
  parameters: unknown = {},
  place = `dataset ${id}`,
): Promise<ResolvedDataset> {
  if (id === 'simulated') return resolveSimulated(parameters, place);
  const dataset = datasetById(id, place);
  const parsed = shippedParameters.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, shippedParameters, parameters, place);
  const partition = partitionNamed(
    partitions[id] ?? [{ name: 'hospital', statics: [], id: (hospital) => hospital }],
    parsed.data.partition,
    id,
  );
  const { folder } = dataset;
  const { schema, tables } = await readDescription(folder);
  const sha256: Record<string, string> = {};
  const stems = ['dynamic', 'static', ...(tables === undefined ? [] : (['events'] as const))] as const;
  const names = await Promise.all(stems.map((stem) => findTable(folder, stem)));
  for (const name of ['cohort.json', ...names]) sha256[name] = await fileHash(path.join(folder, name));
  return {
    id,
    parameters: parsed.data,
    schema,
    folder,
    sha256,
    load: async () => partitionCohort(await dataset.load(), partition),
  };
}

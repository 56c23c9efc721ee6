import { createHash } from 'node:crypto';
import { z } from 'zod';

import { documentFault } from '../cohort/documentFault.js';
import { folderHashes, readDescription } from '../cohort/readCohort.js';
import type { Cohort, CohortSchema } from '../cohort/types.js';
import { datasetById } from './datasets.js';
import { gridFromEvents, schemaFromEvents } from './gridFromEvents.js';
import { partitionCohort, partitionNamed } from './partition.js';
import { partitions } from './partitions.js';
import { simulationSchema } from './simulated/options.js';
import { simulate } from './simulated/simulate.js';
import { simulateEvents } from './simulatedEvents/simulateEvents.js';
import { eventSimulationSchema } from './simulatedEvents/world.js';

/** Raised whenever equal parameters of a simulator could give another cohort. */
const simulatorVersion = 1;
const eventSimulatorVersion = 1;

/** A dataset of a suite, checked, before its stays are read or drawn. */
export interface ResolvedDataset {
  readonly id: string;
  /** Parameters with defaults filled in. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly schema: CohortSchema;
  /** Cohort folder; null for simulators, which have none. */
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
  // Without a default, so that the parameters of datasets that are not asked for it stay what they were.
  grid: z
    .enum(['source', 'events'])
    .optional()
    .describe(
      'events: the grid that the events of the dataset make, on the features that they can fill, instead of the one made from its source tables.',
    ),
});

const simulatedEventParameters = eventSimulationSchema.extend({
  seed: z.int().min(0).default(0).describe('Seed of the stays.'),
});

/** A simulated dataset: its parameters, checked and with defaults, stand for its content. */
function simulatedDataset(
  id: string,
  version: number,
  parameters: Readonly<Record<string, unknown>>,
  simulation: { readonly schema: CohortSchema; cohort(): Cohort },
): ResolvedDataset {
  const text = JSON.stringify([version, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return {
    id,
    parameters,
    schema: simulation.schema,
    folder: null,
    sha256: { parameters: createHash('sha256').update(text).digest('hex') },
    load: () => Promise.resolve(simulation.cohort()),
  };
}

function resolveSimulated(parameters: unknown, place: string): ResolvedDataset {
  const parsed = simulatedParameters.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, simulatedParameters, parameters, place);
  const { seed, ...options } = parsed.data;
  return simulatedDataset('simulated', simulatorVersion, parsed.data, simulate(options, seed));
}

function resolveSimulatedEvents(parameters: unknown, place: string): ResolvedDataset {
  const parsed = simulatedEventParameters.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, simulatedEventParameters, parameters, place);
  const { seed, ...options } = parsed.data;
  const simulation = simulateEvents(options, seed, place);
  return simulatedDataset('simulated-events', eventSimulatorVersion, parsed.data, simulation);
}

/**
 * The dataset that a suite's entry `{ id, parameters }` means: a shipped cohort (parameters `partition` and
 * `grid`), `simulated` or
 * `simulated-events` (the simulator's parameters and `seed`).
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
  if (id === 'simulated-events') return resolveSimulatedEvents(parameters, place);
  const dataset = datasetById(id, place);
  const parsed = shippedParameters.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, shippedParameters, parameters, place);
  const partition = partitionNamed(
    partitions[id] ?? [{ name: 'hospital', statics: [], id: (hospital) => hospital }],
    parsed.data.partition,
    id,
  );
  const { folder } = dataset;
  const { schema, grid } = await readDescription(folder);
  const fromEvents = parsed.data.grid === 'events';
  return {
    id,
    parameters: parsed.data,
    schema: fromEvents ? schemaFromEvents(schema, grid, `${place}, grid`) : schema,
    folder,
    sha256: await folderHashes(folder),
    load: async () => {
      const cohort = partitionCohort(await dataset.load(), partition);
      return fromEvents ? gridFromEvents(cohort, `${place}, grid`) : cohort;
    },
  };
}

import { z } from 'zod';

import { documentFault } from './documentFault.js';
import { InputError } from './inputError.js';
import { formatProvenance, parseProvenance, provenanceEntry } from './provenanceFile.js';
import { printableName } from './printableName.js';
import { checkEvents, eventFeature, eventTable, formatEvents } from './events/eventsFile.js';
import type { CohortSchema, EventFeature, EventTable, Variable } from './types.js';

/** Columns of the two tables that are not variables. */
const reservedColumns = ['patient_id', 'hospital_id', 'stay_id', 't'] as const;

/** Most levels of a categorical variable: scores hold a number for every level, hour and stay. */
const mostLevels = 1000;

const variable = z.strictObject({
  name: printableName,
  kind: z.enum(['continuous', 'binary', 'categorical']),
  unit: z.string().max(200).optional(),
  range: z.array(z.number()).length(2).optional(),
  levels: z.array(printableName).min(1).optional(),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'sha256 as 64 hexadecimal digits');

/** `cohort.json`, version 1. */
const cohortFileSchema = z.strictObject({
  format: z.literal('fedehr-cohort'),
  version: z.literal(1),
  name: z.string().min(1),
  stepHours: z.number().positive(),
  steps: z.int().min(1).max(65535),
  features: z.array(variable).min(1),
  statics: z.array(variable).default([]),
  labels: z.array(variable).default([]),
  provenance: provenanceEntry,
  tables: z.array(eventTable).min(1).max(255).optional(),
  grid: z.array(eventFeature).optional(),
  files: z.record(z.string(), sha256).optional(),
});

type CohortFile = z.infer<typeof cohortFileSchema>;
type VariableEntry = CohortFile['features'][number];

function checkVariable(entry: VariableEntry, place: string, file: string): Variable {
  const fail = (expected: string, found: string, remedy: string): never => {
    throw new InputError({ file, place, expected, found, remedy });
  };
  const { name, kind, unit, range, levels } = entry;
  if (reservedColumns.some((reserved) => reserved === name.toLowerCase()))
    fail(`a name other than ${reservedColumns.join(', ')}`, `"${name}"`, 'Rename the variable.');
  if ((kind === 'categorical') !== (levels !== undefined))
    fail(
      kind === 'categorical' ? 'levels for a categorical variable' : `no levels for a ${kind} variable`,
      levels === undefined ? 'none' : `${levels.length} levels`,
      kind === 'categorical' ? 'List the levels.' : 'Remove `levels` or set kind to "categorical".',
    );
  if (levels !== undefined && levels.length > mostLevels)
    fail(
      `at most ${mostLevels} levels`,
      `${levels.length}`,
      'Group rare levels into one, or make a continuous variable of numbers.',
    );
  if (levels !== undefined && new Set(levels).size !== levels.length)
    fail('different levels', 'a level twice', 'List every level once.');
  if (range !== undefined && kind !== 'continuous')
    fail(`no range for a ${kind} variable`, 'a range', 'Remove `range`.');
  if (range !== undefined && !(range[0]! < range[1]!))
    fail('a range [low, high] with low < high', JSON.stringify(range), 'Put the lower bound first.');
  return {
    name,
    kind,
    ...(unit === undefined ? {} : { unit }),
    ...(range === undefined ? {} : { range: [range[0]!, range[1]!] as const }),
    ...(levels === undefined ? {} : { levels }),
  };
}

function checkNames(variables: readonly Variable[], file: string): void {
  const seen = new Set<string>();
  for (const { name } of variables) {
    const key = name.toLowerCase();
    if (seen.has(key))
      throw new InputError({
        file,
        place: `variable ${name}`,
        expected: 'different names for all features, statics and labels, also without regard to case',
        found: 'a name twice',
        remedy: 'Rename one of them.',
      });
    seen.add(key);
  }
}

/** What `cohort.json` says. */
export interface CohortDescription {
  readonly schema: CohortSchema;
  /** sha256 of the tables by file name, as far as the writer gave them. */
  readonly files: Readonly<Record<string, string>>;
  /** Tables of `events.parquet`; only in event cohorts, which have the grid as well. */
  readonly tables?: readonly EventTable[];
  /** How the grid is made out of those events, as far as the writer said. */
  readonly grid?: readonly EventFeature[];
}

/**
 * Reads the text of a `cohort.json`.
 *
 * @throws InputError on text that is no JSON, unknown keys or kinds (with the likely meaning), wrong values and
 * contradictory variables
 */
export function parseCohortFile(text: string, file: string): CohortDescription {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new InputError({
      file,
      expected: 'JSON',
      found: error instanceof Error ? error.message : 'other text',
      remedy: 'Correct the file, or write the cohort folder again.',
    });
  }
  const parsed = cohortFileSchema.safeParse(document);
  if (!parsed.success) throw documentFault(parsed.error, cohortFileSchema, document, file);
  const entry = parsed.data;
  const variables = (list: readonly VariableEntry[], key: string): Variable[] =>
    list.map((one, index) => checkVariable(one, `${key}[${index}]`, file));
  const schema: CohortSchema = {
    name: entry.name,
    stepHours: entry.stepHours,
    steps: entry.steps,
    features: variables(entry.features, 'features'),
    statics: variables(entry.statics, 'statics'),
    labels: variables(entry.labels, 'labels'),
    provenance: parseProvenance(entry.provenance),
  };
  checkNames([...schema.features, ...schema.statics, ...schema.labels], file);
  const events = checkEvents(entry.tables, entry.grid, schema.features, file);
  return { schema, files: entry.files ?? {}, ...events };
}

function variableEntry({ name, kind, unit, range, levels }: Variable): VariableEntry {
  return {
    name,
    kind,
    ...(unit === undefined ? {} : { unit }),
    ...(range === undefined ? {} : { range: [...range] }),
    ...(levels === undefined ? {} : { levels: [...levels] }),
  };
}

/** The text of a `cohort.json`: same description, same bytes. */
export function formatCohortFile({ schema, files, tables, grid }: CohortDescription): string {
  const document: CohortFile = {
    format: 'fedehr-cohort',
    version: 1,
    name: schema.name,
    stepHours: schema.stepHours,
    steps: schema.steps,
    features: schema.features.map(variableEntry),
    statics: schema.statics.map(variableEntry),
    labels: schema.labels.map(variableEntry),
    provenance: formatProvenance(schema.provenance),
    ...formatEvents(tables, grid),
    files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

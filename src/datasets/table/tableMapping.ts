import { z } from 'zod';

import { featureFile, readDocument } from '../ingest/conceptDictionary.js';

const timeUnit = z.enum(['minutes', 'hours', 'days']);

/** When something happened: a number of units since the start of the stay, or a date and time. */
const moment = z.strictObject({ column: z.string().min(1), unit: timeUnit.optional() });

const variable = z.strictObject({
  name: z.string().min(1),
  column: z.string().min(1),
  kind: z.enum(['continuous', 'binary', 'categorical']),
  unit: z.string().optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
  levels: z.array(z.string().min(1)).min(1).optional(),
});

const stays = z.strictObject({
  file: z.string().min(1),
  /** Column with the person; splits go by it. */
  patient: z.string().min(1),
  /** Column with the stay; left out when a patient has one stay. */
  stay: z.string().min(1).optional(),
  /** Column with the hospital; left out when there is one. */
  hospital: z.string().min(1).optional(),
  /** Column with the hospital stay that several ICU stays belong to. */
  admission: z.string().min(1).optional(),
  /** Column with the start as date and time; needed when other times are dates. */
  start: z.string().min(1).optional(),
  /** End of the stay: its length, or a date and time. */
  end: moment,
  /** Column with the age in years. */
  age: z.string().min(1).optional(),
  statics: z.array(variable).default([]),
  labels: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        column: z.string().min(1),
        definition: z.string().min(1),
        /** Texts that mean 1 and 0; left out when the column holds 0 and 1. */
        positive: z.array(z.string()).optional(),
        negative: z.array(z.string()).optional(),
      }),
    )
    .min(1),
});

const measurements = z.strictObject({
  /** Name under which the concepts list this table's items. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'a lower-case name'),
  file: z.string().min(1),
  /** Column with the stay, or with the patient when there is no stay. */
  stay: z.string().min(1),
  time: moment,
  layout: z.enum(['long', 'wide']),
  /** Long only: columns with item, value and (if any) unit. */
  item: z.string().min(1).optional(),
  value: z.string().min(1).optional(),
  unit: z.string().min(1).optional(),
  /** Values that are no number: refuse the file, or skip them. */
  text: z.enum(['error', 'skip']).default('error'),
});

const drugs = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'a lower-case name'),
  file: z.string().min(1),
  stay: z.string().min(1),
  start: moment,
  end: moment.optional(),
  drug: z.string().min(1),
});

/** A mapping file: what the columns of somebody's own tables mean. */
export const tableMappingSchema = z.strictObject({
  format: z.literal('fedehr-table-mapping'),
  version: z.literal(1),
  name: z.string().min(1),
  licence: z.string(),
  citation: z.string().default(''),
  stays,
  measurements: z.array(measurements).default([]),
  drugs: z.array(drugs).default([]),
  features: featureFile,
});

export type TableMapping = z.infer<typeof tableMappingSchema>;

/** @throws InputError with the place of the first fault */
export async function readTableMapping(file: string): Promise<TableMapping> {
  return readDocument(file, tableMappingSchema);
}

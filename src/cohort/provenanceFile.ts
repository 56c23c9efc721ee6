import { z } from 'zod';

import type { Provenance, VerificationRecord } from './types.js';

const suppressedCount = z.union([z.int().min(0), z.literal('<11')]);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'sha256 as 64 hexadecimal digits');

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const verificationRecord = z.strictObject({
  wanted: count,
  kept: count,
  drawn: count,
  accepted: count,
  reasons: z.record(z.string(), count),
  events: z.strictObject({ drawn: count, accepted: count }).optional(),
  truncatedEvents: share,
  unknownTokens: share,
});

/** `provenance` of `cohort.json`. */
export const provenanceEntry = z.strictObject({
  source: z.string(),
  licence: z.string(),
  created_by: z.string(),
  citation: z.string().optional(),
  attrition: z
    .array(
      z.strictObject({
        step: z.string(),
        remaining: z.int().min(0),
        hospitals: z.record(z.string(), z.int().min(0)).optional(),
      }),
    )
    .optional(),
  out_of_range: z.record(z.string(), suppressedCount).optional(),
  converted: z
    .array(z.strictObject({ variable: z.string(), from: z.string(), values: suppressedCount }))
    .optional(),
  unknown_unit: z.record(z.string(), suppressedCount).optional(),
  source_files: z.array(z.strictObject({ name: z.string(), bytes: z.int().min(0), sha256 })).optional(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  label_definitions: z.record(z.string(), z.string()).optional(),
  notes: z.array(z.string()).optional(),
  verification: verificationRecord.optional(),
});

type ProvenanceEntry = z.infer<typeof provenanceEntry>;

function verificationOf({ events, ...record }: z.infer<typeof verificationRecord>): VerificationRecord {
  return events === undefined ? record : { ...record, events };
}

/** `provenance` of `cohort.json` as the cohort carries it. */
export function parseProvenance(entry: ProvenanceEntry): Provenance {
  const { source, licence, created_by, citation, attrition, out_of_range } = entry;
  const { converted, unknown_unit, source_files, settings, label_definitions, notes, verification } = entry;
  return {
    source,
    licence,
    createdBy: created_by,
    ...(citation === undefined ? {} : { citation }),
    ...(attrition === undefined
      ? {}
      : {
          attrition: attrition.map(({ hospitals, ...step }) =>
            hospitals === undefined ? step : { ...step, hospitals },
          ),
        }),
    ...(out_of_range === undefined ? {} : { outOfRange: out_of_range }),
    ...(converted === undefined ? {} : { converted }),
    ...(unknown_unit === undefined ? {} : { unknownUnit: unknown_unit }),
    ...(source_files === undefined ? {} : { sourceFiles: source_files }),
    ...(settings === undefined ? {} : { settings }),
    ...(label_definitions === undefined ? {} : { labelDefinitions: label_definitions }),
    ...(notes === undefined ? {} : { notes }),
    ...(verification === undefined ? {} : { verification: verificationOf(verification) }),
  };
}

/** `provenance` as `cohort.json` writes it, keys in a fixed order. */
export function formatProvenance(from: Provenance): ProvenanceEntry {
  return {
    source: from.source,
    licence: from.licence,
    created_by: from.createdBy,
    ...(from.citation === undefined ? {} : { citation: from.citation }),
    ...(from.settings === undefined ? {} : { settings: { ...from.settings } }),
    ...(from.labelDefinitions === undefined ? {} : { label_definitions: { ...from.labelDefinitions } }),
    ...(from.notes === undefined ? {} : { notes: [...from.notes] }),
    ...(from.verification === undefined
      ? {}
      : { verification: { ...from.verification, reasons: { ...from.verification.reasons } } }),
    ...(from.attrition === undefined
      ? {}
      : {
          attrition: from.attrition.map(({ step, remaining, hospitals }) =>
            hospitals === undefined ? { step, remaining } : { step, remaining, hospitals: { ...hospitals } },
          ),
        }),
    ...(from.outOfRange === undefined ? {} : { out_of_range: { ...from.outOfRange } }),
    ...(from.converted === undefined ? {} : { converted: from.converted.map((one) => ({ ...one })) }),
    ...(from.unknownUnit === undefined ? {} : { unknown_unit: { ...from.unknownUnit } }),
    ...(from.sourceFiles === undefined ? {} : { source_files: from.sourceFiles.map((one) => ({ ...one })) }),
  };
}

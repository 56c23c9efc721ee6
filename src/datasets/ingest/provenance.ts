import { suppressedCount } from '../../cohort/suppression.js';
import type { Provenance, SuppressedCount } from '../../cohort/types.js';
import type { IngestAdapter } from './adapter.js';
import type { Attrition } from './attrition.js';
import type { IngestOptions } from './ingestOptions.js';
import type { ValueCounts } from './measurements.js';
import type { SourceDigest } from './sourceDigests.js';

function suppressedCounts(counts: Readonly<Record<string, number>>): Record<string, SuppressedCount> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, suppressedCount(count)]));
}

/** What happened on the way from the source to the cohort. */
export interface IngestTrace {
  readonly attrition: Attrition;
  readonly counts: ValueCounts;
  readonly statics: Readonly<Record<string, number>>;
  readonly sources: readonly SourceDigest[];
  readonly notes: readonly string[];
}

function hospitalsOf({ hospitals }: IngestOptions): string {
  if (hospitals.kind === 'all') return 'all';
  return hospitals.kind === 'min' ? `min=${hospitals.stays}` : `ids=${hospitals.ids.join(',')}`;
}

/** Provenance of an ingested cohort; counts of 1…10 values are suppressed. */
export function ingestProvenance(
  adapter: IngestAdapter,
  options: IngestOptions,
  grid: { readonly features: string; readonly windowMinutes: number; readonly stepMinutes: number },
  trace: IngestTrace,
): Provenance {
  const { counts } = trace;
  return {
    source: adapter.title,
    licence: adapter.licence,
    citation: adapter.citation,
    createdBy: `fedehr-bench, fedehr ingest ${adapter.id}, version 1`,
    settings: {
      features: grid.features,
      windowHours: grid.windowMinutes / 60,
      stepHours: grid.stepMinutes / 60,
      hospitalBy: options.hospitalBy ?? adapter.groupings[0]!,
      hospitals: hospitalsOf(options),
      adults: options.adults,
      firstStay: options.firstStay,
      form: options.form,
      unknownUnits: options.unknownUnits,
    },
    labelDefinitions: Object.fromEntries(
      options.labels.map((name) => [name, adapter.labels[name]!.definition]),
    ),
    notes: trace.notes,
    attrition: trace.attrition,
    outOfRange: suppressedCounts({ ...counts.outOfRange, ...trace.statics }),
    converted: counts.converted.map(({ feature, from, values }) => ({
      variable: feature,
      from,
      values: suppressedCount(values),
    })),
    unknownUnit: suppressedCounts(counts.unknownUnit),
    sourceFiles: trace.sources,
  };
}

import type { IngestAdapter, SourceTable } from './adapter.js';
import type { FeatureSet } from './featureSet.js';
import { itemsIn } from './features.js';
import type { IngestOptions } from './ingestOptions.js';
import { findSourceFile, missingTable, type SourceFile } from './sourceFiles.js';

/** Which of an adapter's parts a cohort needs. */
export interface Selection {
  readonly adapter: IngestAdapter;
  readonly features: FeatureSet;
  readonly tables: readonly SourceTable[];
}

/** The parts of an adapter, and its tables, that the features, labels and form need. */
export function select(adapter: IngestAdapter, features: FeatureSet, options: IngestOptions): Selection {
  const origins = new Set(
    features.concepts.flatMap((concept) => itemsIn(adapter, concept).map(({ origin }) => origin)),
  );
  const measurements = adapter.measurements.filter((one) =>
    one.origins.some((origin) => origins.has(origin)),
  );
  const drugs = features.drugs.length > 0 ? adapter.drugs : [];
  const events = options.form === 'events' ? adapter.events : [];
  const used = new Set([
    ...adapter.stays.tables,
    ...[...measurements, ...drugs, ...events].flatMap(({ tables }) => tables),
    ...options.labels.flatMap((name) => adapter.labels[name]!.tables),
  ]);
  return {
    adapter: { ...adapter, measurements, drugs, events },
    features,
    tables: adapter.tables.filter(({ name }) => used.has(name)),
  };
}

/** Finds the files of the tables and notes what is absent. @throws InputError on a needed table that is not there */
export async function findFiles(
  { adapter, tables }: Selection,
  options: IngestOptions,
  note: (text: string) => void,
): Promise<ReadonlyMap<string, SourceFile>> {
  const found = new Map<string, SourceFile>();
  for (const table of tables) {
    const file = await findSourceFile(options.from, table, note);
    if (file !== null) found.set(table.name, file);
    else if (table.presence === 'needed') throw missingTable(options.from, table);
    else note(`table ${table.name} is absent: read as empty`);
  }
  const absent = (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => !found.has(name));
  for (const name of options.labels)
    if (absent(adapter.labels[name]!.tables))
      throw missingTable(
        options.from,
        tables.find((one) => one.name === adapter.labels[name]!.tables[0])!,
      );
  const parts = [...adapter.measurements, ...adapter.drugs];
  if (parts.length > 0 && parts.every((part) => absent(part.tables)))
    throw missingTable(
      options.from,
      tables.find((one) => one.name === parts[0]!.tables[0])!,
    );
  for (const source of adapter.events)
    if (absent(source.tables))
      throw missingTable(
        options.from,
        tables.find((one) => one.name === source.tables[0])!,
      );
  return found;
}

/** Says which features no file that is there can give. */
export function featureNotes(
  { adapter, features }: Selection,
  found: ReadonlyMap<string, SourceFile>,
): string[] {
  const unmeasured = features.concepts.filter((concept) => {
    const origins = itemsIn(adapter, concept).map(({ origin }) => origin);
    const present = adapter.measurements.filter(
      (one) =>
        one.origins.some((origin) => origins.includes(origin)) &&
        one.tables.some((table) => found.has(table)),
    );
    return present.length === 0;
  });
  return unmeasured.length === 0
    ? []
    : [`no source table for ${unmeasured.map(({ name }) => name).join(', ')}: never observed in this cohort`];
}

import { createHash } from 'node:crypto';

import type { Cohort, CohortEvents } from './types.js';

/** What a computation can see of events: a text about their form, and the arrays. */
function eventContent({ tables, grid, start, table, minute, row, columns }: CohortEvents): {
  readonly form: string;
  readonly arrays: readonly ArrayBufferView[];
} {
  const levels = columns.map((own) =>
    own.map((column) => (column.kind === 'categorical' ? column.levels : null)),
  );
  return {
    form: JSON.stringify([tables, grid, levels]),
    arrays: [
      start,
      table,
      minute,
      row,
      ...columns.flatMap((own) =>
        own.flatMap((column) => [column.kind === 'continuous' ? column.values : column.codes, column.filled]),
      ),
    ],
  };
}

/**
 * sha256 (64 hexadecimal digits) over what a computation can see of a cohort: schema without provenance, arrays, events,
 * hospital and patient ids, in order. Equal hashes mean equal cohorts; the key of caches.
 */
export function contentHash(cohort: Cohort): string {
  const { name, stepHours, steps, features, statics, labels } = cohort.schema;
  const variable = ({ name, kind, unit, range, levels }: (typeof features)[number]): unknown[] => [
    name,
    kind,
    unit ?? null,
    range ?? null,
    levels ?? null,
  ];
  const hash = createHash('sha256').update(
    JSON.stringify([
      name,
      stepHours,
      steps,
      features.map(variable),
      statics.map(variable),
      labels.map(variable),
      cohort.size,
      cohort.hospitals,
      cohort.patients,
    ]),
  );
  const events = cohort.events === undefined ? null : eventContent(cohort.events);
  if (events !== null) hash.update(events.form);
  for (const array of [
    cohort.values,
    cohort.observed,
    cohort.length,
    cohort.hospital,
    cohort.statics,
    cohort.staticsObserved,
    cohort.labels,
    cohort.labelsObserved,
    ...(events?.arrays ?? []),
  ])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

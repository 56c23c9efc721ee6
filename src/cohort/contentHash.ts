import { createHash } from 'node:crypto';

import type { Cohort } from './types.js';

/**
 * sha256 (64 hexadecimal digits) over what a computation can see of a cohort: schema without provenance, arrays,
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
  for (const array of [
    cohort.values,
    cohort.observed,
    cohort.length,
    cohort.hospital,
    cohort.statics,
    cohort.staticsObserved,
    cohort.labels,
    cohort.labelsObserved,
  ])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

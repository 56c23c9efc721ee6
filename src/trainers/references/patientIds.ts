/** Ids `synthetic-000001`, `synthetic-000002`, …: never those of real patients. */
export function syntheticPatientIds(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `synthetic-${String(i + 1).padStart(6, '0')}`);
}

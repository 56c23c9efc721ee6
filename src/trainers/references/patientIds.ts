/** Ids `synthetic-000001`, `synthetic-000002`, … after the first `before` ones: never those of real patients. */
export function syntheticPatientIds(size: number, before = 0): string[] {
  return Array.from({ length: size }, (_, i) => `synthetic-${String(before + i + 1).padStart(6, '0')}`);
}

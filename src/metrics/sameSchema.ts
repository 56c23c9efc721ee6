import { schemaDifferences } from '../cohort/align.js';
import { InputError } from '../cohort/inputError.js';
import type { CohortSchema } from '../cohort/types.js';

/** Differences that a message names. */
const NAMED = 20;

/** An input error that names the differences, unless two schemas have the same grid and the same variables in the same order. */
export function requireSameSchema(expected: CohortSchema, found: CohortSchema): void {
  const lines = schemaDifferences(expected, found);
  if (lines.length === 0) return;
  throw new InputError({
    expected: 'the schema of the real cohort',
    found: `${lines.length} ${lines.length === 1 ? 'difference' : 'differences'}: ${lines.slice(0, NAMED).join('; ')}`,
    place: 'schema of the synthetic cohort',
    remedy: 'Write the synthetic cohort on the schema of the real one, variables in the same order.',
  });
}

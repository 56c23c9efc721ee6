import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import type { MetricParameters } from '../contract.js';
import { wholeParameter } from '../parameters.js';

/** Largest lag that can be asked for, in steps. */
export const LARGEST_LAG = 64;

/**
 * Parameter `maxLag` (whole, `smallest`…64; `otherwise` when left out), cut to the largest distance of two steps of the
 * grid.
 */
export function lagLimit(
  parameters: MetricParameters,
  otherwise: number,
  smallest: number,
  cohort: Cohort,
): number {
  const wanted = wholeParameter(parameters, 'maxLag', otherwise, smallest);
  if (wanted > LARGEST_LAG)
    throw new InputError({
      expected: `at most ${LARGEST_LAG}`,
      found: String(wanted),
      place: 'metric parameter maxLag',
      remedy: `Leave it out for ${otherwise}.`,
    });
  return Math.min(wanted, cohort.schema.steps - 1);
}

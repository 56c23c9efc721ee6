import { eventsUntil, windowMinutes } from './events/selectEvents.js';
import { InputError } from './inputError.js';
import type { Cohort } from './types.js';

/**
 * The cohort on the first `steps` steps of its grid; lengths are cut accordingly, events at the end of the last
 * step; statics and labels stay.
 *
 * @throws InputError unless 1 ≤ steps ≤ the cohort's steps
 */
export function firstSteps(cohort: Cohort, steps: number): Cohort {
  const { schema } = cohort;
  if (!Number.isInteger(steps) || steps < 1 || steps > schema.steps)
    throw new InputError({
      file: schema.name,
      place: 'steps',
      expected: `a whole number from 1 to ${schema.steps}`,
      found: `${steps}`,
      remedy: 'Choose no more steps than the dataset has.',
    });
  if (steps === schema.steps) return cohort;
  const from = schema.steps * schema.features.length;
  const to = steps * schema.features.length;
  const values = new Float32Array(cohort.size * to);
  const observed = new Uint8Array(cohort.size * to);
  for (let stay = 0; stay < cohort.size; stay++) {
    values.set(cohort.values.subarray(stay * from, stay * from + to), stay * to);
    observed.set(cohort.observed.subarray(stay * from, stay * from + to), stay * to);
  }
  return {
    ...cohort,
    schema: { ...schema, steps },
    values,
    observed,
    length: cohort.length.map((length) => Math.min(length, steps)),
    ...(cohort.events === undefined
      ? {}
      : { events: eventsUntil(cohort.events, windowMinutes({ ...schema, steps })) }),
  };
}

import { requireEvents } from './events/requireEvents.js';
import { InputError } from './inputError.js';
import { didYouMean } from './nearestName.js';
import type { Cohort, Variable } from './types.js';

/** Fewest patients a hospital must have for training and scoring to mean anything. */
export const fewestPatients = 2;

function valueFault(variable: Variable, value: number): string | null {
  if (!Number.isFinite(value)) return 'NaN or infinite';
  if (variable.kind === 'binary') return value === 0 || value === 1 ? null : 'neither 0 nor 1';
  if (variable.kind === 'categorical')
    return Number.isInteger(value) && value >= 0 && value < (variable.levels ?? []).length
      ? null
      : 'not one of its levels';
  if (variable.range === undefined) return null;
  if (value < Math.fround(variable.range[0])) return 'below its range';
  return value > Math.fround(variable.range[1]) ? 'above its range' : null;
}

/**
 * Checks a cohort in memory against its own schema: array sizes, finite values inside their ranges, no value where
 * nothing is observed, lengths inside the grid, events inside the window.
 *
 * @param name what messages call the cohort, e.g. the folder it will be written to
 * @throws InputError with variable, count and kind of fault
 */
export function requireConsistent(cohort: Cohort, name: string): void {
  const { steps, features, statics, labels } = cohort.schema;
  const { size } = cohort;
  const fail = (place: string, expected: string, found: string): never => {
    throw new InputError({
      file: name,
      place,
      expected,
      found,
      remedy: 'Correct what made this cohort (e.g. clamp generated values to the range of the schema).',
    });
  };
  const sized = (place: string, length: number, expected: number): void => {
    if (length !== expected) fail(place, `${expected} entries`, `${length}`);
  };
  sized('values', cohort.values.length, size * steps * features.length);
  sized('observed', cohort.observed.length, cohort.values.length);
  sized('length', cohort.length.length, size);
  sized('hospital', cohort.hospital.length, size);
  sized('patients', cohort.patients.length, size);
  sized('statics', cohort.statics.length, size * statics.length);
  sized('staticsObserved', cohort.staticsObserved.length, cohort.statics.length);
  sized('labels', cohort.labels.length, size * labels.length);
  sized('labelsObserved', cohort.labelsObserved.length, cohort.labels.length);
  if (size === 0) fail('size', 'at least one stay', 'none');
  for (let stay = 0; stay < size; stay++) {
    const length = cohort.length[stay]!;
    if (length < 1 || length > steps) fail('length', `1 to ${steps} steps a stay`, `${length}`);
    if (cohort.hospital[stay]! >= cohort.hospitals.length)
      fail('hospital', 'an index into hospitals', 'a larger one');
    const beyond = (stay * steps + length) * features.length;
    if (cohort.observed.subarray(beyond, (stay + 1) * steps * features.length).includes(1))
      fail('observed', 'no observation at or beyond the length of a stay', 'one');
  }
  const cells = (variables: readonly Variable[], values: Float32Array, observed: Uint8Array): void => {
    for (const [index, variable] of variables.entries()) {
      const counts = new Map<string, number>();
      for (let at = index; at < values.length; at += variables.length) {
        const fault =
          observed[at] === 1
            ? valueFault(variable, values[at]!)
            : values[at] === 0
              ? null
              : 'not 0 though not observed';
        if (fault !== null) counts.set(fault, (counts.get(fault) ?? 0) + 1);
      }
      for (const [fault, count] of counts)
        fail(`variable ${variable.name}`, `values that fit the schema`, `${count} ${fault}`);
    }
  };
  cells(features, cohort.values, cohort.observed);
  cells(statics, cohort.statics, cohort.staticsObserved);
  cells(labels, cohort.labels, cohort.labelsObserved);
  if (cohort.events !== undefined) requireEvents(cohort.events, cohort.schema, size, name, fail);
}

/**
 * Checks that a cohort can be trained on and scored: every hospital has at least `fewestPatients` patients and
 * something is observed.
 *
 * @param name what messages call the cohort
 */
export function requireUsable(cohort: Cohort, name: string): void {
  for (const [index, id] of cohort.hospitals.entries()) {
    const patients = new Set(cohort.patients.filter((_, stay) => cohort.hospital[stay] === index)).size;
    if (patients < fewestPatients)
      throw new InputError({
        file: name,
        place: `hospital ${id}`,
        expected: `at least ${fewestPatients} patients`,
        found: 'fewer',
        remedy: 'Leave the hospital out, or join it with another one.',
      });
  }
  if (!cohort.observed.includes(1))
    throw new InputError({
      file: name,
      place: 'features',
      expected: 'at least one observed value',
      found: 'none',
      remedy: 'Check the units of `t` and the filter that wrote this cohort.',
    });
}

/**
 * Checks that a label can be predicted: it exists, is binary, and both classes occur.
 *
 * @returns position of the label in the schema
 * @throws InputError, with the likely meaning of an unknown name
 */
export function requireLabel(cohort: Cohort, label: string, name: string): number {
  const known = cohort.schema.labels.map((one) => one.name);
  const index = known.indexOf(label);
  if (index < 0)
    throw new InputError({
      file: name,
      place: 'labels',
      expected: 'a label of the cohort',
      found: `"${label}"`,
      remedy: didYouMean(label, known),
    });
  const { kind } = cohort.schema.labels[index]!;
  const fail = (expected: string, found: string, remedy: string): never => {
    throw new InputError({ file: name, place: `label ${label}`, expected, found, remedy });
  };
  if (kind !== 'binary') fail('a binary label', `a ${kind} one`, 'Choose a binary label.');
  const width = cohort.schema.labels.length;
  const classes = [0, 0];
  for (let at = index; at < cohort.labels.length; at += width)
    if (cohort.labelsObserved[at] === 1) classes[cohort.labels[at]!]! += 1;
  if (classes.includes(0))
    fail(
      'both classes 0 and 1',
      classes[0] === classes[1] ? 'no known value' : `only class ${classes[0] === 0 ? 1 : 0}`,
      'Choose another label, or a cohort in which both outcomes occur.',
    );
  return index;
}

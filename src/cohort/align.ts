import { onCommonLevels, sameTables } from './events/joinEvents.js';
import { InputError } from './inputError.js';
import type { Cohort, CohortEvents, CohortSchema, Variable } from './types.js';

/** A cohort with the name that messages use for it. */
export interface NamedCohort {
  /** `real`, `holdout`, `synthetic` … */
  readonly role: string;
  readonly folder: string;
  readonly cohort: Cohort;
}

type Group = 'features' | 'statics' | 'labels';

function differences(group: Group, expected: readonly Variable[], found: readonly Variable[]): string[] {
  const kind = group.replace(/s$/, '');
  const byName = new Map(found.map((variable) => [variable.name, variable]));
  const names = new Set(expected.map((variable) => variable.name));
  const lines = expected.flatMap((want) => {
    const have = byName.get(want.name);
    if (have === undefined) return [`${kind} ${want.name} is missing`];
    if (have.kind !== want.kind) return [`${kind} ${want.name} is ${have.kind}, not ${want.kind}`];
    if (have.unit !== undefined && want.unit !== undefined && have.unit !== want.unit) {
      return [`${kind} ${want.name} is in ${have.unit}, not ${want.unit}`];
    }
    const levels = (variable: Variable): string => (variable.levels ?? []).join(', ');
    return levels(have) === levels(want)
      ? []
      : [`${kind} ${want.name} has the levels ${levels(have)}, not ${levels(want)}`];
  });
  for (const have of found) if (!names.has(have.name)) lines.push(`${kind} ${have.name} is unknown there`);
  const reordered = lines.length === 0 && expected.some((want, i) => found[i]?.name !== want.name);
  return reordered ? [`${group} are in another order`] : lines;
}

/** Every difference of grid, columns, kinds, units or levels between two schemas, by name; empty when there is none. */
export function schemaDifferences(expected: CohortSchema, found: CohortSchema): string[] {
  return [
    ...(found.steps === expected.steps ? [] : [`it has ${found.steps} steps, not ${expected.steps}`]),
    ...(found.stepHours === expected.stepHours
      ? []
      : [`a step is ${found.stepHours} h, not ${expected.stepHours} h`]),
    ...(['features', 'statics', 'labels'] as const).flatMap((group) =>
      differences(group, expected[group], found[group]),
    ),
  ];
}

/** How the event tables of two cohorts differ; a cohort without events differs from none. */
function eventDifferences(expected: CohortEvents | undefined, found: CohortEvents | undefined): string[] {
  if (expected === undefined || found === undefined || sameTables(expected.tables, found.tables)) return [];
  const text = ({ tables }: CohortEvents): string =>
    tables
      .map(({ name, columns }) => `${name} (${columns.map((one) => `${one.name} ${one.kind}`).join(', ')})`)
      .join('; ');
  return [`its events are in ${text(found)}, not in ${text(expected)}`];
}

/** The cohorts with one list of levels for each categorical column of their events. */
function withCommonLevels(cohorts: readonly Cohort[]): Cohort[] {
  const aligned = onCommonLevels(
    cohorts.flatMap((cohort) => (cohort.events === undefined ? [] : [cohort.events])),
  );
  let next = 0;
  return cohorts.map((cohort) =>
    cohort.events === undefined ? cohort : { ...cohort, events: aligned[next++]! },
  );
}

/**
 * Puts cohorts of one comparison on one schema and one hospital list (the union, sorted), so that row positions and
 * hospital numbers mean the same in all of them. The first cohort's schema is the expected one.
 * Categorical columns of events get one list of levels, too.
 * Throws an InputError that lists every difference of grid, columns, kinds, units, levels or event tables.
 */
export function alignCohorts(named: readonly NamedCohort[]): Cohort[] {
  const first = named[0];
  if (first === undefined) return [];
  const hospitals = [...new Set(named.flatMap(({ cohort }) => cohort.hospitals))].sort();
  const withEvents = named.find(({ cohort }) => cohort.events !== undefined)?.cohort.events;
  const aligned = named.map(({ role, folder, cohort }) => {
    const expected = first.cohort.schema;
    const found = cohort.schema;
    const lines = [...schemaDifferences(expected, found), ...eventDifferences(withEvents, cohort.events)];
    if (lines.length > 0) {
      throw new InputError({
        file: folder,
        place: `the ${role} cohort`,
        expected: `the same schema as the ${first.role} cohort`,
        found: `${lines.length} ${lines.length === 1 ? 'difference' : 'differences'}: ${lines.slice(0, 20).join('; ')}`,
        remedy: 'Write both cohorts with the same features, statics, labels and grid.',
      });
    }
    const position = cohort.hospitals.map((id) => hospitals.indexOf(id));
    const { verification } = found.provenance;
    // What a generator says about its own drawing stays with its cohort.
    const schema =
      verification === undefined
        ? expected
        : { ...expected, provenance: { ...expected.provenance, verification } };
    return { ...cohort, schema, hospitals, hospital: cohort.hospital.map((h) => position[h] ?? 0) };
  });
  return withCommonLevels(aligned);
}

import { isSmallCell } from '../../cohort/suppression.js';
import type { Cohort, Provenance } from '../../cohort/types.js';
import type { AttritionStep } from './description.js';
import { withhold } from './withhold.js';

type Step = NonNullable<Provenance['attrition']>[number];

/** Whether the numbers of two steps side by side tell of 1…10 patients who were left out between them. */
function revealing(before: Step, after: Step): boolean {
  if (isSmallCell(before.remaining - after.remaining)) return true;
  return Object.entries(before.hospitals ?? {}).some(([id, count]) =>
    isSmallCell(count - (after.hospitals?.[id] ?? 0)),
  );
}

/** Steps of which none leaves out 1…10 patients in all: such a step is joined with those before it. */
export function joinSmallSteps(steps: readonly Step[]): readonly Step[] {
  const joined: Step[] = [];
  for (const step of steps) {
    let whole = step;
    for (let last = joined.at(-1); last !== undefined; last = joined.at(-1)) {
      if (!isSmallCell(last.remaining - step.remaining)) break;
      whole = { ...step, step: `${last.step}; ${whole.step}` };
      joined.pop();
    }
    joined.push(whole);
  }
  return joined;
}

/**
 * Inclusion steps as they may be printed: a step that leaves out 1…10 patients, in all or at a hospital, is joined with
 * those before it, so that no difference of two lines is that small. Where hospitals' numbers alone would give such a
 * difference, or would give a hospital's withheld size away, no step has them.
 *
 * @param hiddenHospitals hospitals whose size is withheld
 */
export function describeAttrition(
  cohort: Cohort,
  hiddenHospitals: readonly boolean[],
): readonly AttritionStep[] {
  const joined = joinSmallSteps(cohort.schema.provenance.attrition ?? []);
  const perHospital =
    !hiddenHospitals.includes(true) &&
    joined.every((step, index) => {
      const next = joined[index + 1];
      const counts = Object.values(step.hospitals ?? {});
      return !counts.some(isSmallCell) && (next === undefined || !revealing(step, next));
    });
  return joined.map(({ step, remaining, hospitals }) => ({
    step,
    remaining: isSmallCell(remaining) ? null : remaining,
    hospitals: perHospital
      ? cohort.hospitals.map((id) => hospitals?.[id] ?? null)
      : cohort.hospitals.map(() => null),
  }));
}

/** Patients per hospital and in all; a hospital's number is null where it is below 11 or would be given away. */
export function describeHospitals(cohort: Cohort): {
  readonly patients: readonly (number | null)[];
  readonly total: number | null;
  readonly hidden: readonly boolean[];
} {
  const ids = cohort.hospitals.map(() => new Set<string>());
  for (let stay = 0; stay < cohort.size; stay++) ids[cohort.hospital[stay]!]!.add(cohort.patients[stay]!);
  const { hidden, totalHidden } = withhold(ids.map(({ size }) => ({ count: size, most: Infinity })));
  const total = new Set(cohort.patients).size;
  return {
    patients: ids.map(({ size }, k) => (hidden[k] ? null : size)),
    total: totalHidden || isSmallCell(total) ? null : total,
    hidden,
  };
}

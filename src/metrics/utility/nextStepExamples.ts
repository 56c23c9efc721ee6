import type { Cohort, CohortSchema } from '../../cohort/types.js';
import type { FeatureTable } from '../../stats/featureTable.js';
import { median } from '../../stats/median.js';

/** Steps of one feature to be predicted from the steps before them. Rows of all parts correspond. */
export interface NextStepExamples {
  /** What is known before the step; NaN = missing. */
  readonly table: FeatureTable;
  /** The value observed at the step. */
  readonly value: Float64Array;
  /** Whom a row belongs to. */
  readonly patients: readonly string[];
}

/** At most so many steps of a stay, evenly spread over those where the feature was observed … */
const STEPS_OF_A_STAY = 4;
/** … and so many in all: of large cohorts fewer steps of a stay, then every so many-th stay. */
const LARGEST_NUMBER = 5000;

export const nextStepDefinition = `Steps: those where the feature is observed, from the second step on; of a stay at most ${STEPS_OF_A_STAY}, evenly spread, and about ${LARGEST_NUMBER} in all. Predictors: for every feature the last value before the step, the steps since then and the mean of all before (of a categorical one an indicator for each level of the last value), the step itself and the statics.`;

/**
 * Examples of a feature's next observed value. They do not depend on other stays than the one they are taken from, but
 * for how many of a large cohort enter.
 */
export function nextStepExamples(cohort: Cohort, feature: number): NextStepExamples {
  const { schema, size } = cohort;
  const perStay = Math.min(STEPS_OF_A_STAY, Math.max(1, Math.floor(LARGEST_NUMBER / Math.max(1, size))));
  const share = Math.min(1, LARGEST_NUMBER / Math.max(1, size));
  const chosen: { readonly stay: number; readonly step: number }[] = [];
  for (let stay = 0; stay < size; stay++) {
    if (Math.floor((stay + 1) * share) === Math.floor(stay * share)) continue;
    const steps: number[] = [];
    for (let t = 1; t < cohort.length[stay]!; t++)
      if (cohort.observed[(stay * schema.steps + t) * schema.features.length + feature] === 1) steps.push(t);
    const taken = Math.min(perStay, steps.length);
    for (let k = 0; k < taken; k++)
      chosen.push({ stay, step: steps[Math.floor(((k + 0.5) * steps.length) / taken)]! });
  }
  const columns = historyColumns(schema);
  const values = new Float32Array(chosen.length * columns.length).fill(Number.NaN);
  const value = new Float64Array(chosen.length);
  chosen.forEach(({ stay, step }, row) => {
    value[row] = cohort.values[(stay * schema.steps + step) * schema.features.length + feature]!;
    writeHistory(cohort, stay, step, values, row * columns.length);
  });
  return {
    table: { rows: chosen.length, columns, values },
    value,
    patients: chosen.map(({ stay }) => cohort.patients[stay]!),
  };
}

function historyColumns(schema: CohortSchema): string[] {
  return [
    ...schema.features.flatMap(({ name, kind, levels }) =>
      (kind === 'categorical' ? (levels ?? []) : ['last', 'since', 'mean']).map(
        (column) => `${name} ${column}`,
      ),
    ),
    'step',
    ...schema.statics.flatMap(({ name, kind, levels }) =>
      kind === 'categorical' ? (levels ?? []).map((level) => `${name} ${level}`) : [name],
    ),
  ];
}

/** Writes what is known of a stay before `step`; nothing at or after it is read. */
function writeHistory(cohort: Cohort, stay: number, step: number, out: Float32Array, from: number): void {
  const { schema, values, observed } = cohort;
  const width = schema.features.length;
  let at = from;
  for (let f = 0; f < width; f++) {
    const { kind, levels } = schema.features[f]!;
    let [last, since, sum, count] = [Number.NaN, Number.NaN, 0, 0];
    for (let t = 0; t < step; t++) {
      const cell = (stay * schema.steps + t) * width + f;
      if (observed[cell] === 0) continue;
      last = values[cell]!;
      since = step - t;
      sum += last;
      count++;
    }
    if (kind === 'categorical') {
      for (let level = 0; level < (levels?.length ?? 0); level++) {
        if (count > 0) out[at] = last === level ? 1 : 0;
        at++;
      }
    } else {
      out[at] = last;
      out[at + 1] = since;
      if (count > 0) out[at + 2] = sum / count;
      at += 3;
    }
  }
  out[at++] = step;
  schema.statics.forEach(({ kind, levels }, s) => {
    const cell = stay * schema.statics.length + s;
    const known = cohort.staticsObserved[cell] === 1;
    const indicators = kind === 'categorical' ? (levels?.length ?? 0) : 1;
    for (let level = 0; level < indicators; level++) {
      const value = cohort.statics[cell]!;
      if (known) out[at] = kind === 'categorical' ? (value === level ? 1 : 0) : value;
      at++;
    }
  });
}

/** Median and standard deviation (n − 1) of a feature's observed values; null with fewer than two of them. */
export function observedScale(
  cohort: Cohort,
  feature: number,
): { readonly median: number; readonly sd: number } | null {
  const width = cohort.schema.features.length;
  const known: number[] = [];
  for (let cell = feature; cell < cohort.values.length; cell += width)
    if (cohort.observed[cell] === 1) known.push(cohort.values[cell]!);
  if (known.length < 2) return null;
  // Sums in ascending order do not depend on the order of patients.
  const sorted = Float64Array.from(known).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { median: median(sorted), sd: Math.sqrt(squares / (sorted.length - 1)) };
}

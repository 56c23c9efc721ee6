import type { Cohort } from '../../cohort/types.js';

/** Standard scores beyond this many standard deviations of the training side are cut off. */
const LARGEST_SCORE = 10;

/** Turns courses into the numbers that a recurrent network reads; fitted on the training side only. */
export interface CourseEncoder {
  /** Numbers read at a step. */
  readonly inputs: number;
  /**
   * Writes the courses of stays into a batch, time first: `x` [steps · batch, inputs], `last` [steps · batch, 1].
   *
   * @param rows stays, at most `batch` of them; the rest of the batch is left 0
   */
  write(cohort: Cohort, rows: ArrayLike<number>, batch: number, x: Float32Array, last: Float32Array): void;
}

export const courseDefinition =
  'at every step for each feature the last observed value (standard score, 0 before the first; of a categorical one an indicator a level), whether it was observed and the share of the grid since then, the share of the grid passed, and the statics with whether they are known';

/** Mean and standard deviation of every feature's observed values and every known static; levels have 0 and 1. */
export function fitCourseEncoder(training: Cohort): CourseEncoder {
  const { schema } = training;
  const { features, statics, steps } = schema;
  const ofFeatures = features.map(({ kind }, f) =>
    kind === 'categorical' ? UNSCALED : scaleOf(training.values, training.observed, f, features.length),
  );
  const ofStatics = statics.map(({ kind }, s) =>
    kind === 'categorical'
      ? UNSCALED
      : scaleOf(training.statics, training.staticsObserved, s, statics.length),
  );
  const width = ({ kind, levels }: (typeof features)[number]): number =>
    kind === 'categorical' ? (levels?.length ?? 0) : 1;
  const inputs =
    features.reduce((sum, feature) => sum + width(feature) + 2, 1) +
    statics.reduce((sum, variable) => sum + width(variable) + 1, 0);

  const put = (x: Float32Array, at: number, value: number, levels: number, scale: Scale | null): void => {
    if (scale === null) {
      if (value < levels) x[at + value] = 1;
    } else x[at] = Math.max(-LARGEST_SCORE, Math.min(LARGEST_SCORE, (value - scale.mean) / scale.sd));
  };
  return {
    inputs,
    write(cohort, rows, batch, x, last) {
      x.fill(0);
      last.fill(0);
      for (let place = 0; place < rows.length; place++) {
        const stay = rows[place]!;
        const seen = new Int32Array(features.length).fill(-1);
        for (let t = 0; t < cohort.length[stay]!; t++) {
          let at = (t * batch + place) * inputs;
          features.forEach((feature, f) => {
            const base = stay * steps * features.length + f;
            const observed = cohort.observed[base + t * features.length] === 1;
            if (observed) seen[f] = t;
            const levels = width(feature);
            if (seen[f]! >= 0) {
              const value = cohort.values[base + seen[f]! * features.length]!;
              put(x, at, value, levels, ofFeatures[f]!);
              x[at + levels + 1] = (t - seen[f]!) / steps;
            }
            x[at + levels] = observed ? 1 : 0;
            at += levels + 2;
          });
          x[at++] = t / steps;
          statics.forEach((variable, s) => {
            const cell = stay * statics.length + s;
            const levels = width(variable);
            if (cohort.staticsObserved[cell] === 1) {
              put(x, at, cohort.statics[cell]!, levels, ofStatics[s]!);
              x[at + levels] = 1;
            }
            at += levels + 1;
          });
        }
        last[(cohort.length[stay]! - 1) * batch + place] = 1;
      }
    },
  };
}

interface Scale {
  readonly mean: number;
  readonly sd: number;
}

/** Levels are indicators. */
const UNSCALED = null;

function scaleOf(values: Float32Array, observed: Uint8Array, column: number, width: number): Scale {
  let [count, mean, squares] = [0, 0, 0];
  for (let cell = column; cell < values.length; cell += width) {
    if (observed[cell] === 0) continue;
    const delta = values[cell]! - mean;
    mean += delta / ++count;
    squares += delta * (values[cell]! - mean);
  }
  const sd = count === 0 ? 0 : Math.sqrt(squares / count);
  // A constant tells nothing: every value of it becomes 0, other values are cut off.
  return { mean, sd: sd > 1e-9 * Math.max(1, Math.abs(mean)) ? sd : 1 };
}

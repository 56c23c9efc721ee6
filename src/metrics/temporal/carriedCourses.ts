import type { Cohort } from '../../cohort/types.js';
import { isNumeric } from '../comparison.js';

/** Courses of numbers without gaps, min–max scaled by the training stays: the form in which TimeGAN knows data. */
export interface CarriedCourses {
  /** Numbers at a step, in the order of the continuous and binary features. */
  readonly columns: number;
  readonly names: readonly string[];
  /** Spread of every column in the training stays; 0 or NaN = constant or never observed. */
  readonly spread: Float64Array;
  /** Value of a column at a step of a stay: the last observed one, the training mean before the first. */
  course(cohort: Cohort, stay: number): Float32Array;
}

/** Scaling and fillers are fitted on the training stays. */
export function carriedCourses(train: Cohort): CarriedCourses {
  const { features, steps } = train.schema;
  const index = features.flatMap(({ kind }, f) => (isNumeric(kind) ? [f] : []));
  const fitted = index.map((f) => {
    let [count, mean, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let cell = f; cell < train.values.length; cell += features.length) {
      if (train.observed[cell] === 0) continue;
      const value = train.values[cell]!;
      mean += (value - mean) / ++count;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { filler: mean, low: count === 0 ? 0 : low, spread: count === 0 ? Number.NaN : high - low };
  });
  return {
    columns: index.length,
    names: index.map((f) => features[f]!.name),
    spread: Float64Array.from(fitted, ({ spread }) => spread),
    course(cohort, stay) {
      const course = new Float32Array(steps * index.length);
      index.forEach((f, column) => {
        const { filler, low, spread } = fitted[column]!;
        let last = filler;
        for (let t = 0; t < cohort.length[stay]!; t++) {
          const cell = (stay * steps + t) * features.length + f;
          if (cohort.observed[cell] === 1) last = cohort.values[cell]!;
          course[t * index.length + column] = (last - low) / (spread > 0 ? spread : 1);
        }
      });
      return course;
    },
  };
}

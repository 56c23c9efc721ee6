import type { Cohort } from '../types.js';

/** The grid form alone: for computations that mix cohorts of which not all come as events. */
export function withoutEvents(cohort: Cohort): Cohort {
  if (cohort.events === undefined) return cohort;
  const grid: { -readonly [Key in keyof Cohort]: Cohort[Key] } = { ...cohort };
  delete grid.events;
  return grid;
}

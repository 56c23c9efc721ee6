import type { Cohort, CohortSplit } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';

/** A rung of the ladder: a generator whose faults are known, so that it is known what every metric must say about it. */
export interface LadderGenerator<Id extends string = string> {
  readonly id: Id;
  /** What it does, in a few words, for people. */
  readonly title: string;
  /** Pure: equal splits and streams give equal cohorts. */
  readonly make: (split: CohortSplit, random: Random) => Cohort;
}

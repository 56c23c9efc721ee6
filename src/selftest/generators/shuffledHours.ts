import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';

/** Steps of every stay in random order, whole steps moving with their mask. */
export function shuffledHours(cohort: Cohort, random: Random): Cohort {
  const width = cohort.schema.features.length;
  const shuffled = copyOf(cohort);
  for (let stay = 0; stay < cohort.size; stay++) {
    const first = stay * cohort.schema.steps;
    random.permutation(cohort.length[stay]!).forEach((from, to) => {
      const source = (first + from) * width;
      const target = (first + to) * width;
      shuffled.values.set(cohort.values.subarray(source, source + width), target);
      shuffled.observed.set(cohort.observed.subarray(source, source + width), target);
    });
  }
  return shuffled;
}

/** Train with the hours of every stay shuffled: what happens within one hour is right, its order in time is not. */
export const shuffled: LadderGenerator<'shuffled'> = {
  id: 'shuffled',
  title: 'train, hours shuffled',
  make: ({ train }, random) => shuffledHours(train, random),
};

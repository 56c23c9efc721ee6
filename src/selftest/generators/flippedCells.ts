import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';

/** Each observed cell is flipped with this probability. */
const FLIPPED_SHARE = 0.1;

/**
 * The cohort with a share of its observed cells flipped: 0 and 1 change places, a number is mirrored about the middle of
 * its feature's observed range, a level becomes another one. Masks stay.
 */
export function flippedCells(cohort: Cohort, share: number, random: Random): Cohort {
  const { features } = cohort.schema;
  const flipped = copyOf(cohort);
  features.forEach((feature, f) => {
    const [low, high] = observedRange(cohort, f);
    const levels = feature.levels?.length ?? 0;
    for (let cell = f; cell < cohort.values.length; cell += features.length) {
      if (cohort.observed[cell] === 0 || random.uniform() >= share) continue;
      const value = cohort.values[cell]!;
      if (feature.kind !== 'categorical')
        flipped.values[cell] = feature.kind === 'binary' ? 1 - value : low + high - value;
      else if (levels > 1) flipped.values[cell] = (value + 1 + random.integer(levels - 1)) % levels;
    }
  });
  return flipped;
}

function observedRange(cohort: Cohort, feature: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let cell = feature; cell < cohort.values.length; cell += cohort.schema.features.length) {
    if (cohort.observed[cell] === 0) continue;
    low = Math.min(low, cohort.values[cell]!);
    high = Math.max(high, cohort.values[cell]!);
  }
  return [low, high];
}

/** Train with one observed cell in ten flipped: still a copy for whoever looks for members. */
export const flipped: LadderGenerator<'flipped'> = {
  id: 'flipped',
  title: 'train, 10 % of cells flipped',
  make: ({ train }, random) => flippedCells(train, FLIPPED_SHARE, random),
};

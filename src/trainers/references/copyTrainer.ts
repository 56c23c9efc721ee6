import { rowsOfHospital } from '../../cohort/select.js';
import { random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { copyOf } from './copy.js';
import { referenceTrainer, renamed, rowsPerHospital, wantedStays } from './referenceTrainer.js';

/**
 * The training stays themselves: in the same order where as many are asked for as there are, otherwise drawn per hospital with
 * replacement.
 */
export const copy: Trainer = referenceTrainer(
  {
    id: 'copy',
    title: 'Copy of train',
    description: 'Gives out the training stays themselves: the ceiling of fidelity, and no privacy at all.',
  },
  ({ train }, stays, seed) => {
    const wanted = wantedStays(train, stays);
    const available = train.hospitals.map((_, index) => rowsOfHospital(train, index).length);
    if (available.every((count, index) => count === wanted[index])) return copyOf(train);
    return renamed(
      train,
      rowsPerHospital(train, wanted, (own, count, hospital) => {
        if (own.length === count || own.length === 0) return own;
        const draw = random(seed, 'copy', hospital);
        return Array.from({ length: count }, () => own[draw.integer(own.length)]!);
      }),
    );
  },
);

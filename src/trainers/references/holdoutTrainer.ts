import { random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { referenceTrainer, renamed, rowsPerHospital, wantedStays } from './referenceTrainer.js';

/** Fresh real patients of the reference part, drawn without replacement, in cohort order; at most as many per hospital as there are. */
export const holdout: Trainer = referenceTrainer(
  {
    id: 'holdout',
    title: 'Fresh real patients',
    description:
      'Gives out real patients that no generator has seen: the ceiling that a perfect generator reaches.',
  },
  ({ reference }, stays, seed) =>
    renamed(
      reference,
      rowsPerHospital(reference, wantedStays(reference, stays), (own, count, hospital) =>
        [...random(seed, 'holdout', hospital).permutation(own.length).subarray(0, count)]
          .sort((a, b) => a - b)
          .map((place) => own[place]!),
      ),
    ),
);

import type { Trainer } from '../contract.js';
import { referenceTrainer, renamed, rowsPerHospital, wantedStays } from './referenceTrainer.js';

/** Fresh real patients of the reference part, in cohort order; at most as many per hospital as there are. */
export const holdout: Trainer = referenceTrainer(
  {
    id: 'holdout',
    title: 'Fresh real patients',
    description:
      'Gives out real patients that no generator has seen: the ceiling that a perfect generator reaches.',
  },
  ({ reference }, stays) =>
    renamed(
      reference,
      rowsPerHospital(reference, wantedStays(reference, stays), (own, count) => own.slice(0, count)),
    ),
);

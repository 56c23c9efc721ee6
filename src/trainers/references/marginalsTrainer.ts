import { random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { independentMarginals } from './independentMarginals.js';
import { referenceTrainer, renamed, rowsPerHospital, wantedStays } from './referenceTrainer.js';

/**
 * Every column dealt out independently of all others within its hospital: right marginals, no dependence. Where another number
 * of stays is asked for than train has, training stays are drawn with replacement first.
 */
export const marginals: Trainer = referenceTrainer(
  {
    id: 'marginals',
    title: 'Independent marginals',
    description:
      'Deals every column out independently of all others: right distributions, no dependence at all. The floor.',
  },
  ({ train }, stays, seed) => {
    const rows = rowsPerHospital(train, wantedStays(train, stays), (own, count, hospital) => {
      if (own.length === count || own.length === 0) return own;
      const draw = random(seed, 'marginals-stays', hospital);
      return Array.from({ length: count }, () => own[draw.integer(own.length)]!);
    });
    return independentMarginals(renamed(train, rows), random(seed, 'marginals'));
  },
);

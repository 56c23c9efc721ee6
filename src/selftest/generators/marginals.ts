import { independentMarginals } from '../../trainers/references/independentMarginals.js';
import type { LadderGenerator } from './generator.js';

/** Every column of train dealt out independently of all others: right distributions, no dependence. */
export const marginals: LadderGenerator<'marginals'> = {
  id: 'marginals',
  title: 'independent marginals',
  make: ({ train }, random) => independentMarginals(train, random),
};

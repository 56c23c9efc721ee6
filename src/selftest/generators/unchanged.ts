import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';

/** The training stays themselves: the ceiling of fidelity against the holdout, and every privacy alarm. */
export const copy: LadderGenerator<'copy'> = {
  id: 'copy',
  title: 'copy of train',
  make: ({ train }) => copyOf(train),
};

/** Real stays that nothing else has seen: what a perfect generator reaches. */
export const fresh: LadderGenerator<'fresh'> = {
  id: 'fresh',
  title: 'fresh real patients',
  make: ({ reference }) => copyOf(reference),
};

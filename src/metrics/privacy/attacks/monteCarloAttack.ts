import type { Cohort } from '../../../cohort/types.js';
import { median } from '../../../stats/median.js';
import { weightWithin } from '../nearestNeighbours.js';
import { coordinatesIn, nearestStays, privacySpace } from '../nearestStays.js';
import type { MembershipAttack } from './attack.js';
import { RELEASED_DATA } from './threatModels.js';

/** Counts synthetic stays around the record. */
export const monteCarloAttack: MembershipAttack = {
  name: 'monte-carlo',
  threatModel: RELEASED_DATA,
  definition:
    'share of synthetic stays with d(x, s) ≤ ε (Hilprecht et al. 2019), ε = median over all attacked records, members and non-members together, of the distance to the nearest synthetic stay; d as for attack distance',
  needsReference: false,
  version: 1,
  score({ synthetic, train, holdout }) {
    const { trainToSynthetic, holdoutToSynthetic } = nearestStays(synthetic, train, holdout);
    const radius = median([...trainToSynthetic, ...holdoutToSynthetic]);
    const shares = (attacked: Cohort): Float64Array =>
      weightWithin(
        coordinatesIn(train, attacked),
        coordinatesIn(train, synthetic),
        privacySpace(train),
        radius,
      ).map((count) => count / synthetic.size);
    return { members: shares(train), nonMembers: shares(holdout) };
  },
};

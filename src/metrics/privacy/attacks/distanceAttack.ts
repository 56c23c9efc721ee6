import { nearestStays } from '../nearestStays.js';
import type { MembershipAttack } from './attack.js';
import { RELEASED_DATA } from './threatModels.js';

/** GAN-leaks, full black box. */
export const distanceAttack: MembershipAttack = {
  name: 'distance',
  threatModel: RELEASED_DATA,
  definition:
    '−min_s d(x, s) (GAN-leaks, full black box: Chen et al. 2020), d = Gower distance on the fixed patient summary, one scale for all (range of train), min(1, |x − y|/range) a column, 1 where one side is missing, 0 where both are',
  needsReference: false,
  version: 1,
  score({ synthetic, train, holdout }) {
    const distances = nearestStays(synthetic, train, holdout);
    return {
      members: distances.trainToSynthetic.map((distance) => -distance),
      nonMembers: distances.holdoutToSynthetic.map((distance) => -distance),
    };
  },
};

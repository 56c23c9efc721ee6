import { nearestBetween } from '../nearestStays.js';
import type { MembershipAttack } from './attack.js';
import { RELEASED_DATA_AND_POPULATION } from './threatModels.js';

/** GAN-leaks calibrated by how close fresh patients come to the record anyway. */
export const calibratedAttack: MembershipAttack = {
  name: 'calibrated',
  threatModel: RELEASED_DATA_AND_POPULATION,
  definition:
    'min_e d(x, e) − min_s d(x, s) over the stays e of the reference E and s of the synthetic cohort (calibrated GAN-leaks: Chen et al. 2020, with reference patients in the place of a reference model), d as for attack distance: a record in a dense region is close to everybody and proves nothing',
  needsReference: true,
  version: 1,
  score({ synthetic, train, holdout, reference }) {
    const excess = (attacked: typeof train): Float64Array => {
      const toSynthetic = nearestBetween(attacked, synthetic, train).fromA;
      const toReference = nearestBetween(attacked, reference, train).fromA;
      return toReference.map((distance, row) => distance - toSynthetic[row]!);
    };
    return { members: excess(train), nonMembers: excess(holdout) };
  },
};

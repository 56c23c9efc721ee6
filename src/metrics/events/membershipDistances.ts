import type { MetricInputs, Result, ThreatModel } from '../contract.js';
import { CohortCache, cacheName } from '../cohortCache.js';
import { noEvents } from './eventSides.js';
import { eventView } from './eventView.js';
import { nearestJaccard, StaySets } from './staySets.js';

/** Distance of every member and non-member to the nearest synthetic stay. */
export interface MembershipDistances {
  readonly members: Float64Array;
  readonly nonMembers: Float64Array;
}

export const eventThreatModel: ThreatModel = {
  knowledge: 'the complete events of a stay',
  access: 'the synthetic events only',
  goal: 'whether that stay was among those that the generator was trained on',
};

const cache = new CohortCache<MembershipDistances>();

export function membershipDistances(inputs: MetricInputs): MembershipDistances | Result {
  const { train, holdout, synthetic } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const [members, nonMembers, generated] = [train, holdout, synthetic].map((cohort) =>
    eventView(cohort, train),
  );
  if (!members || !nonMembers || !generated) return noEvents(inputs, n);
  return cache.get(synthetic, `${cacheName(train)} ${cacheName(holdout)}`, () => {
    const sets = new StaySets(members);
    const released = sets.of(generated);
    return {
      members: nearestJaccard(sets.of(members), released),
      nonMembers: nearestJaccard(sets.of(nonMembers), released),
    };
  });
}

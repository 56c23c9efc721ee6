import type { Cohort } from '../../cohort/types.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { patientSummary } from '../patientSummary.js';
import { gowerSpace, nearestBothWays } from './gowerSpace.js';

/** Nearest-neighbour distances (Gower on the fixed embedding, in [0, 1]) between a synthetic and two real cohorts. */
export interface NearestStays {
  /** [train] to the nearest synthetic stay */
  readonly trainToSynthetic: Float64Array;
  /** [holdout] to the nearest synthetic stay */
  readonly holdoutToSynthetic: Float64Array;
  /** [synthetic] to the nearest training stay */
  readonly syntheticToTrain: Float64Array;
  /** [synthetic] to the nearest holdout stay */
  readonly syntheticToHoldout: Float64Array;
  /** [synthetic] row of the nearest training stay */
  readonly nearestTrain: Uint32Array;
  /** [synthetic] row of the nearest holdout stay */
  readonly nearestHoldout: Uint32Array;
}

const cache = new CohortCache<NearestStays>();

/** Computed once for all distance-based privacy metrics. The scale is the range of the training stays for all cohorts. */
export function nearestStays(synthetic: Cohort, train: Cohort, holdout: Cohort): NearestStays {
  return cache.get(synthetic, `${cacheName(train)} ${cacheName(holdout)}`, () => {
    const summary = patientSummary(train);
    const space = gowerSpace(summary);
    const ofSynthetic = space.coordinates(patientSummary(synthetic));
    const toTrain = nearestBothWays(space.coordinates(summary), ofSynthetic, space);
    const toHoldout = nearestBothWays(space.coordinates(patientSummary(holdout)), ofSynthetic, space);
    return {
      trainToSynthetic: toTrain.fromA,
      holdoutToSynthetic: toHoldout.fromA,
      syntheticToTrain: toTrain.fromB,
      syntheticToHoldout: toHoldout.fromB,
      nearestTrain: toTrain.neighbourOfB,
      nearestHoldout: toHoldout.neighbourOfB,
    };
  });
}

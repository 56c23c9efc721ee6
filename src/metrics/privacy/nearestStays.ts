import type { Cohort } from '../../cohort/types.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { patientSummary } from '../patientSummary.js';
import { RecentCache } from '../recentCache.js';
import { gowerSpace, nearestBothWays, type GowerSpace, type NearestBothWays } from './gowerSpace.js';
import { nearestLists, type NearestLists } from './nearestNeighbours.js';

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

const spaces = new CohortCache<GowerSpace>();
const coordinatesCache = new RecentCache<Float32Array>((coordinates) => coordinates.byteLength);
const pairCache = new CohortCache<NearestBothWays>();
const listsCache = new CohortCache<NearestLists>();
const cache = new CohortCache<NearestStays>();

/** The one space of all distance-based privacy metrics: the scale is the range of the training stays for all cohorts. */
export function privacySpace(train: Cohort): GowerSpace {
  return spaces.get(train, 'gower', () => gowerSpace(patientSummary(train)));
}

/** [rows · width] coordinates of a cohort's stays in the space of `train`. */
export function coordinatesIn(train: Cohort, cohort: Cohort): Float32Array {
  return coordinatesCache.get(cohort, cacheName(train), () =>
    privacySpace(train).coordinates(patientSummary(cohort)),
  );
}

/** Nearest neighbours between the stays of two cohorts in the space of `train`; computed once. */
export function nearestBetween(a: Cohort, b: Cohort, train: Cohort): NearestBothWays {
  return pairCache.get(a, `${cacheName(b)} ${cacheName(train)}`, () =>
    nearestBothWays(coordinatesIn(train, a), coordinatesIn(train, b), privacySpace(train)),
  );
}

/** The nearest `k` stays of `b` for every stay of `a` in the space of `train`; computed once. */
export function neighbourLists(a: Cohort, b: Cohort, train: Cohort, k: number): NearestLists {
  return listsCache.get(a, `between ${cacheName(b)} ${cacheName(train)} ${k}`, () =>
    nearestLists(coordinatesIn(train, a), coordinatesIn(train, b), false, privacySpace(train), k),
  );
}

/** The nearest `k` other stays of the same cohort in the space of `train`; computed once. */
export function neighbourListsWithin(cohort: Cohort, train: Cohort, k: number): NearestLists {
  return listsCache.get(cohort, `within ${cacheName(train)} ${k}`, () => {
    const rows = coordinatesIn(train, cohort);
    return nearestLists(rows, rows, true, privacySpace(train), k);
  });
}

/** Computed once for all distance-based privacy metrics. */
export function nearestStays(synthetic: Cohort, train: Cohort, holdout: Cohort): NearestStays {
  return cache.get(synthetic, `${cacheName(train)} ${cacheName(holdout)}`, () => {
    const toTrain = nearestBetween(train, synthetic, train);
    const toHoldout = nearestBetween(holdout, synthetic, train);
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

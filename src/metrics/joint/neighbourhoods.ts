import type { Cohort } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import { visitNearPairs } from '../../stats/pairSums.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import type { NearestLists } from '../privacy/nearestNeighbours.js';
import { coordinatesIn, neighbourListsWithin, privacySpace } from '../privacy/nearestStays.js';
import { KEPT_NEIGHBOURS } from '../privacy/resampledNeighbours.js';

/** Neighbours that span the ball around a stay. */
export const NEIGHBOURS = 5;

/** Parts of each cohort's patients that the jackknife leaves out in turn. */
export const GROUPS = 20;

/** How stays of one cohort lie in the balls around the stays of another; a ball reaches to the k-th nearest own stay. */
export interface Neighbourhoods {
  /** [synthetic] real balls that hold the stay. */
  readonly realBalls: Uint32Array;
  /** [real] synthetic balls that hold the stay. */
  readonly syntheticBalls: Uint32Array;
  /** [real] synthetic stays in the ball around the stay. */
  readonly syntheticInside: Uint32Array;
  /** Stays that are there. */
  readonly hasSynthetic: (stay: number) => boolean;
  readonly hasReal: (stay: number) => boolean;
}

/** Neighbourhoods of both cohorts whole, and with one group of patients of one cohort left out at a time. */
export interface NeighbourhoodReplicates {
  readonly whole: Neighbourhoods;
  readonly withoutReal: readonly Neighbourhoods[];
  readonly withoutSynthetic: readonly Neighbourhoods[];
}

const cache = new CohortCache<NeighbourhoodReplicates>();

/**
 * One pass over all pairs for precision, recall, density and coverage, Gower distance on the fixed embedding in the scale
 * of `train`. Balls are closed: a stay at exactly the radius is inside. Both cohorts need more than `NEIGHBOURS` stays.
 *
 * @param groupSeed names the partition of the patients; null = no jackknife
 */
export function neighbourhoods(
  synthetic: Cohort,
  real: Cohort,
  train: Cohort,
  groupSeed: number | null,
): NeighbourhoodReplicates {
  return cache.get(synthetic, `${cacheName(real)} ${cacheName(train)} ${String(groupSeed)}`, () => {
    const { width, columns } = privacySpace(train);
    const [ofReal, ofSynthetic] = [coordinatesIn(train, real), coordinatesIn(train, synthetic)];
    const [a, b] = [ballsOf(real, train, columns, groupSeed), ballsOf(synthetic, train, columns, groupSeed)];
    const whole = empty(null, null);
    const withoutReal = Array.from({ length: a.groups }, (_, g) => empty(g, null));
    const withoutSynthetic = Array.from({ length: b.groups }, (_, g) => empty(null, g));
    visitNearPairs(ofReal, ofSynthetic, width, a.widest, b.widest, (r, s, sum) => {
      count(whole, r, s, sum <= a.reach[r]!, sum <= b.reach[s]!);
      withoutReal.forEach((balls, g) => {
        if (a.group[r] !== g) count(balls, r, s, sum <= a.reachWithout[g]![r]!, sum <= b.reach[s]!);
      });
      withoutSynthetic.forEach((balls, g) => {
        if (b.group[s] !== g) count(balls, r, s, sum <= a.reach[r]!, sum <= b.reachWithout[g]![s]!);
      });
    });
    return { whole, withoutReal, withoutSynthetic };

    function empty(leftOutReal: number | null, leftOutSynthetic: number | null): Neighbourhoods {
      return {
        realBalls: new Uint32Array(synthetic.size),
        syntheticBalls: new Uint32Array(real.size),
        syntheticInside: new Uint32Array(real.size),
        hasReal: (stay) => a.group[stay] !== leftOutReal,
        hasSynthetic: (stay) => b.group[stay] !== leftOutSynthetic,
      };
    }
  });
}

function count(balls: Neighbourhoods, r: number, s: number, inReal: boolean, inSynthetic: boolean): void {
  if (inReal) {
    balls.realBalls[s]!++;
    balls.syntheticInside[r]!++;
  }
  if (inSynthetic) balls.syntheticBalls[r]!++;
}

/** Radii of the balls around the stays of a cohort, as the sums over columns that `visitNearPairs` gives. */
interface Balls {
  /** [stays] group of the stay's patient; all 0 without a jackknife. */
  readonly group: Uint8Array;
  readonly groups: number;
  /** [stays] */
  readonly reach: Float64Array;
  /** [group][stays] when the group is left out; never smaller. */
  readonly reachWithout: readonly Float64Array[];
  /** [stays] the largest of these. */
  readonly widest: Float64Array;
}

function ballsOf(cohort: Cohort, train: Cohort, columns: number, groupSeed: number | null): Balls {
  const lists = neighbourListsWithin(cohort, train, KEPT_NEIGHBOURS);
  const { group, groups } =
    groupSeed === null ? { group: new Uint8Array(cohort.size), groups: 0 } : patientGroups(cohort, groupSeed);
  const reachOf = (leftOut: number | null): Float64Array =>
    Float64Array.from(
      { length: cohort.size },
      // A distance is a sum divided by this number; multiplying back may round down.
      (_, stay) => radius(lists, stay, group, leftOut) * columns * (1 + 1e-12),
    );
  const reach = reachOf(null);
  const reachWithout = Array.from({ length: groups }, (_, g) => reachOf(g));
  const widest = reach.map((own, stay) => Math.max(own, ...reachWithout.map((other) => other[stay]!)));
  return { group, groups, reach, reachWithout, widest };
}

/** Distance to the k-th nearest stay that is there; the last one kept when so many of the nearest are left out. */
function radius(lists: NearestLists, stay: number, group: Uint8Array, leftOut: number | null): number {
  const end = (stay + 1) * lists.length;
  let left = NEIGHBOURS;
  for (let at = stay * lists.length; at < end; at++) {
    if (group[lists.rows[at]!] === leftOut) continue;
    if (--left === 0) return lists.distances[at]!;
  }
  return lists.distances[end - 1]!;
}

/** A random partition of the patients into groups of equal size, all stays of a patient together. */
function patientGroups(
  cohort: Cohort,
  seed: number,
): { readonly group: Uint8Array; readonly groups: number } {
  const patients = [...new Set(cohort.patients)];
  const order = random(seed, 'jackknife-groups').permutation(patients.length);
  const groups = Math.min(GROUPS, patients.length);
  const groupOf = new Map(patients.map((patient, i) => [patient, order[i]! % groups]));
  return { group: Uint8Array.from(cohort.patients, (patient) => groupOf.get(patient)!), groups };
}

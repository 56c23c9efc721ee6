import type { Aggregated, AggregationState, HospitalUpdate } from './contract.js';
import { inHospitalOrder, namedWeights, normalised } from './weightedSum.js';

/**
 * Mean of the middle values of every coordinate: `cut` hospitals are left out at either end, those in between count alike.
 * A hospital's effective weight is its share of the middle values over all coordinates.
 */
export function middleMean(
  updates: readonly HospitalUpdate[],
  state: AggregationState,
  cutOf: (hospitals: number) => number,
): Aggregated {
  const ordered = inHospitalOrder(updates);
  const cut = cutOf(ordered.length);
  const kept = ordered.length - 2 * cut;
  const size = ordered[0]!.parameters.length;
  const parameters = new Float32Array(size);
  const counts = ordered.map(() => 0);
  const byValue = ordered.map((_, k) => k);
  for (let i = 0; i < size; i++) {
    // Ties go by name, so that equal values do not depend on who answered first.
    byValue.sort((a, b) => ordered[a]!.parameters[i]! - ordered[b]!.parameters[i]! || a - b);
    let sum = 0;
    for (let rank = cut; rank < cut + kept; rank++) {
      const k = byValue[rank]!;
      sum += ordered[k]!.parameters[i]!;
      counts[k]!++;
    }
    parameters[i] = sum / kept;
  }
  return {
    parameters,
    weights: namedWeights(ordered, normalised(counts)),
    movedShare: 0,
    monitors: { cutHospitals: 2 * cut },
    state,
  };
}

import type { AggregationRule, AggregationState, HospitalUpdate } from './contract.js';
import { fedavg } from './fedavg.js';
import { inHospitalOrder } from './weightedSum.js';

/** c ← c + Σ_k (n_k / n) · (c_k⁺ − c_k) over those that answered, n counting every hospital. */
function nextControl(
  updates: readonly HospitalUpdate[],
  state: AggregationState,
  stays: Readonly<Record<string, number>>,
): Float32Array {
  const size = updates[0]!.parameters.length;
  const total = Object.values(stays).reduce((sum, count) => sum + count, 0);
  const control = Float64Array.from(state['control'] ?? new Float32Array(size));
  for (const update of updates) {
    const change = update.controlChange;
    if (change === undefined)
      throw new RangeError(`hospital ${update.hospital} sent no change of its control variate`);
    const share = update.stays / total;
    for (let i = 0; i < size; i++) control[i]! += share * change[i]!;
  }
  return Float32Array.from(control);
}

/**
 * SCAFFOLD (Karimireddy et al. 2020) with server step 1: hospitals correct their gradients by c − c_k against drift, the
 * server averages parameters by stays and keeps c = Σ_k (n_k / n) · c_k. The paper weighs hospitals alike; stays weigh here, as
 * in every other rule, so that the same objective is minimised. Adam sees the corrected gradients.
 */
export const scaffold: AggregationRule = {
  id: 'scaffold',
  local: { controlVariates: true },
  aggregate(updates, state, random, round) {
    return {
      ...fedavg.aggregate(updates, state, random, round),
      state: { control: nextControl(inHospitalOrder(updates), state, round.stays) },
    };
  },
};

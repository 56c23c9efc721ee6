import type { AggregationRule } from './contract.js';
import { fedavg } from './fedavg.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

/**
 * FedNova (Wang et al. 2020): θʳ⁺¹ = θʳ + τ_eff · Σ_k w_k · (θ_k − θʳ) / τ_k with w_k = n_k / n and τ_eff = Σ_k w_k·τ_k, so that
 * hospitals that made more local updates do not pull the objective towards themselves. τ_k counts updates, which is exact
 * for plain gradient descent and a choice under Adam.
 *
 * With equal τ_k, and in an independent first round, which has no θʳ, it is FedAvg bit for bit. Effective weights are those
 * of the hospitals' own parameters, w_k·τ_eff/τ_k, scaled to sum to 1.
 */
export const fednova: AggregationRule = {
  id: 'fednova',
  aggregate(updates, state, random, round) {
    const ordered = inHospitalOrder(updates);
    const { global } = round;
    if (global === null || ordered.every(({ steps }) => steps === ordered[0]!.steps))
      return fedavg.aggregate(updates, state, random, round);
    const shares = normalised(ordered.map((update) => update.stays));
    const effectiveSteps = ordered.reduce((sum, { steps }, k) => sum + shares[k]! * steps, 0);
    const factors = ordered.map(({ steps }, k) => (shares[k]! * effectiveSteps) / Math.max(steps, 1));
    const rest = 1 - factors.reduce((sum, factor) => sum + factor, 0);
    return {
      parameters: weightedSum([global, ...ordered.map((update) => update.parameters)], [rest, ...factors]),
      weights: namedWeights(ordered, normalised(factors)),
      movedShare: 0,
      monitors: { effectiveSteps },
      state,
    };
  },
};

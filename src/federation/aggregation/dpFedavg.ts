import { clippedUpdate } from '../local/clipUpdate.js';
import type { AggregationRule } from './contract.js';
import { inHospitalOrder, namedWeights } from './weightedSum.js';

export interface DpFedavgOptions {
  /** Largest Euclidean norm S of a hospital's update. */
  readonly clip: number;
  /** Noise multiplier z: the sum of updates carries noise of standard deviation z·S in every coordinate. */
  readonly noise: number;
  /** δ at which ε is reported. */
  readonly delta: number;
}

/**
 * FedAvg with differential privacy for whole hospitals (DP-FedAvg, McMahan et al. 2018): every hospital clips its update to norm
 * S before it leaves, the server adds Gaussian noise to the sum and divides by the number of hospitals:
 * θʳ⁺¹ = θʳ + (1/m)·(Σ_k clip_S(θ_k − θʳ) + N(0, z²S²·I)). Hospitals count alike, since a weight by stays would grow with
 * what is to be protected.
 *
 * The server clips again, so that the bound does not rest on rounding or on good behaviour. Who takes part is public, so no
 * amplification by sampling is claimed. Noise is drawn from the seed, in double precision, without protection against attacks
 * on floating-point noise: a benchmark of what privacy costs, not a deployment.
 */
export function dpFedavg({ clip, noise, delta }: DpFedavgOptions): AggregationRule {
  return {
    id: 'dp-fedavg',
    local: { clipUpdate: clip },
    privacy: { noiseMultiplier: noise, delta },
    aggregate(updates, state, random, { global }) {
      const ordered = inHospitalOrder(updates);
      if (global === null)
        throw new RangeError('dp-fedavg clips updates against parameters that were sent out; none were');
      const sum = new Float64Array(global.length);
      for (const update of ordered) {
        const clipped = clippedUpdate(global, update.parameters, clip);
        for (let i = 0; i < sum.length; i++) sum[i]! += clipped[i]! - global[i]!;
      }
      return {
        parameters: global.map(
          (start, i) => start + (sum[i]! + noise * clip * random.normal()) / ordered.length,
        ),
        weights: namedWeights(
          ordered,
          ordered.map(() => 1 / ordered.length),
        ),
        movedShare: 0,
        state,
      };
    },
  };
}

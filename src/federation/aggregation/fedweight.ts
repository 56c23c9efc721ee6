import type { AggregationRule } from './contract.js';
import { fedavg } from './fedavg.js';

export interface FedweightOptions {
  /** Strength λ: 0 is FedAvg, positive favours stays that look like all hospitals' ones. */
  readonly lambda: number;
}

/**
 * Weights of stays in the manner of FedWeight: each hospital weighs a stay's objective by (p_global / p_hospital)^λ, the
 * server averages as FedAvg does. Densities are diagonal Gaussians on standardised latents, and the weight multiplies the
 * stay's whole objective, reconstruction and divergence.
 */
export const fedweight = ({ lambda }: FedweightOptions): AggregationRule => ({
  ...fedavg,
  id: 'fedweight',
  local: lambda === 0 ? {} : { stayWeights: { lambda } },
});

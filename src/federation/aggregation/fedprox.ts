import type { AggregationRule } from './contract.js';
import { fedavg } from './fedavg.js';

export interface FedproxOptions {
  /** μ; 0 is FedAvg. */
  readonly mu: number;
}

/**
 * FedProx (Li et al. 2020): every hospital minimises its loss + (μ/2)·‖θ − θʳ‖², the server averages as FedAvg does. In an
 * independent first round θʳ is the hospital's own start.
 */
export const fedprox = ({ mu }: FedproxOptions): AggregationRule => ({
  ...fedavg,
  id: 'fedprox',
  local: mu > 0 ? { proximal: mu } : {},
});

import type { OptimiserState } from '../../engine/contract.js';
import type { LayerValues } from '../aggregation/layerValues.js';

/** What local training remembers between rounds: Adam's moments and the hospital's control variate. */
export interface OptimiserMemory {
  readonly moments: Omit<OptimiserState, 'parameters'> | null;
  readonly control: Float32Array | null;
}

/** What a hospital's part in FedMA remembers between passes. */
export interface LayerwiseMemory {
  readonly layers: readonly LayerValues[];
  readonly places: readonly Uint32Array[];
}

/** All that a hospital remembers of its training between rounds; its rows and what follows from them are not in it. */
export interface HospitalMemory {
  readonly autoencoder: OptimiserMemory;
  readonly tcvae: OptimiserMemory;
  readonly layerwise: LayerwiseMemory;
}

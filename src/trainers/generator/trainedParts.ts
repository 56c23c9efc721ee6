import type { CohortSchema } from '../../cohort/types.js';
import type { QuantileTransform } from '../../federation/preprocessing/quantileTransform.js';
import type { LatentSpace } from './latentHandover.js';
import type { Preprocessing } from './preprocessing.js';

/** Corrections for one hospital, measured on synthetic stays against what the hospital released. */
export interface HospitalCalibration {
  /** [steps × features], added to the log odds of being observed; −60 where the hospital never observes. */
  readonly maskShift: Float64Array;
  /** [0/1 value columns], added to their log odds. */
  readonly binaryShift: Float64Array;
  /** Per continuous column: from drawn scores to values; null where too little was released or drawn. */
  readonly values: readonly (QuantileTransform | null)[];
}

/** Everything that sampling needs, all of it on the server. */
export interface TrainedParts {
  readonly schema: CohortSchema;
  readonly preprocessing: Preprocessing;
  readonly latentSpace: LatentSpace;
  readonly autoencoder: Float32Array;
  readonly tcvae: Float32Array;
  /** By hospital; empty before calibration. */
  readonly calibration: Readonly<Record<string, HospitalCalibration>>;
}

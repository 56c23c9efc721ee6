import type { CohortSchema } from '../../cohort/types.js';
import type { QuantileTransform } from '../../federation/preprocessing/quantileTransform.js';
import type { LatentSpace } from './latentHandover.js';
import type { GeneratorParameters } from './parameters.js';
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
  readonly latentSpace: Omit<LatentSpace, 'summaries'>;
  readonly autoencoder: Float32Array;
  readonly tcvae: Float32Array;
  /** Parameters of the TCVAE of hospitals that draw from one of their own (fine-tuned), by hospital; others use `tcvae`. */
  readonly ownTcvae: Readonly<Record<string, Float32Array>>;
  /** By hospital; empty before calibration. */
  readonly calibration: Readonly<Record<string, HospitalCalibration>>;
}

/** A trained generator, as it draws and as it is kept in a model folder. */
export interface TrainedModel {
  readonly trainer: { readonly id: string; readonly version: number };
  readonly parameters: GeneratorParameters;
  readonly schema: CohortSchema;
  /** All hospitals of the training cohort, in its order. */
  readonly hospitals: readonly string[];
  /** One for all hospitals together, or one for each that trained alone; a hospital is drawn by the first that knows it. */
  readonly generators: readonly TrainedParts[];
}

/** Training stays of every hospital that can be drawn. */
export function trainingStays({ generators, hospitals }: TrainedModel): Record<string, number> {
  return Object.fromEntries(
    hospitals.flatMap((hospital) => {
      const released = generators
        .map(({ preprocessing }) => preprocessing.released[hospital])
        .find((own) => own !== undefined);
      return released === undefined ? [] : [[hospital, released.stays]];
    }),
  );
}

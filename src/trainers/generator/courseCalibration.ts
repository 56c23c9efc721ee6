import { random } from '../../engine/random.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { minimumValues, quantileMap, shiftTo } from './calibration.js';
import { drawConditions } from './drawnConditions.js';
import { drawCourses } from './drawnCourses.js';
import type { LentThread, MeasuredHospital } from './lentThread.js';
import type { GeneratorParameters } from './parameters.js';
import type { HospitalCalibration, TrainedParts } from './trainedParts.js';

/** Corrections of one hospital, measured on stays that are drawn for it alone. */
export async function calibrateHospital(
  parts: TrainedParts,
  { autoencoder, tcvae }: Pick<GeneratorModels, 'autoencoder' | 'tcvae'>,
  parameters: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  seed: number,
  hospital: string,
): Promise<MeasuredHospital> {
  if (tcvae.output !== 'observations') throw new Error('this model draws no observations');
  const { schema, preprocessing } = parts;
  const { sampling } = parameters;
  const { steps, features } = schema;
  const columns = featureColumns(schema);
  const released = preprocessing.released[hospital];
  if (released === undefined) throw new Error(`hospital ${hospital} released nothing to calibrate against`);
  const maskShift = new Float64Array(steps * features.length);
  const cohort = drawConditions(schema, preprocessing, { [hospital]: sampling.calibrationStays }, (name) =>
    random(seed, 'calibration-conditions', name),
  );
  const rows = Array.from({ length: cohort.size }, (_, row) => row);
  const { bits, scores, varianceRatio } = await drawCourses(
    parts,
    { autoencoder, tcvae },
    cohort,
    rows,
    hospital,
    parameters,
    (t, feature, logits) => {
      if (!sampling.calibrateMasks) return 0;
      const at = t * features.length + feature;
      const exposed = released.stepCounts[t]!;
      maskShift[at] = shiftTo(logits, exposed > 0 ? released.observedCounts[at]! / exposed : 0);
      return maskShift[at];
    },
    random(seed, 'calibration', hospital),
  );
  const width = columns.continuous.length;
  const drawn = new Float64Array(sampling.calibrateValues ? cohort.size * steps : 0);
  const values = columns.continuous.map((feature, c) => {
    if (!sampling.calibrateValues) return null;
    let count = 0;
    for (let step = 0; step < cohort.size * steps; step++)
      if (bits[step * tcvae.bits + c] === 1) drawn[count++] = scores[step * width + c]!;
    const at = preprocessing.variables.findIndex(
      ({ source, index }) => source === 'feature' && index === feature,
    );
    return quantileMap(drawn.subarray(0, count), released.histograms[at]!, minimumValues);
  });
  return {
    calibration: { maskShift, binaryShift: new Float64Array(columns.binary.length), values },
    varianceRatio,
  };
}

/**
 * Corrections of a model that draws observations, per hospital: the log odds of every mask are shifted hour by hour and
 * feature by feature while stays are drawn, so that each is measured on courses that are already corrected; values are mapped
 * afterwards as for latents. Hospitals are dealt out to this thread and those that are lent, with the same numbers however many.
 *
 * @returns the corrections by hospital and the variance of drawn scores, 1 for real ones (collapse shows as a value near 0)
 */
export async function calibrateCourses(
  parts: TrainedParts,
  models: GeneratorModels,
  parameters: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  seed: number,
  lent: readonly LentThread[] = [],
): Promise<{ calibration: Record<string, HospitalCalibration>; varianceRatio: number }> {
  const { preprocessing } = parts;
  const { widths } = models.autoencoder;
  const hospitals = preprocessing.hospitals.filter((name) => preprocessing.released[name] !== undefined);
  const measured: MeasuredHospital[] = [];
  const inThread = async (thread: number): Promise<void> => {
    for (let at = thread; at < hospitals.length; at += lent.length + 1) {
      const hospital = hospitals[at]!;
      measured[at] = await (lent[thread]?.calibrate({ parts, widths, hospital }) ??
        calibrateHospital(parts, models, parameters, seed, hospital));
    }
  };
  // This thread comes last, since its work leaves no time to send the others theirs.
  const ended = await Promise.allSettled(
    Array.from({ length: lent.length + 1 }, (_, thread) => inThread(thread)),
  );
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return {
    calibration: Object.fromEntries(hospitals.map((name, at) => [name, measured[at]!.calibration])),
    varianceRatio: measured.reduce((sum, { varianceRatio }) => sum + varianceRatio / measured.length, 0),
  };
}

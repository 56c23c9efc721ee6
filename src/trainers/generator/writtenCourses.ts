import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import type { AutoencoderModel, ObservationModel } from '../../federation/generatorModels.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { valueOf } from '../../federation/preprocessing/quantileTransform.js';
import { roundTo } from './drawnConditions.js';
import { drawCourses } from './drawnCourses.js';
import { transformOf } from './drawnScores.js';
import type { GeneratorParameters } from './parameters.js';
import type { TrainedParts } from './trainedParts.js';

/** Draws the courses of one hospital's stays and writes their cells into the cohort. */
export async function writeCourses(
  parts: TrainedParts,
  models: { readonly autoencoder: AutoencoderModel; readonly tcvae: ObservationModel },
  cohort: Cohort,
  rows: readonly number[],
  hospital: string,
  parameters: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  random: Random,
): Promise<void> {
  const { schema, preprocessing } = parts;
  const { steps, features } = schema;
  const columns = featureColumns(schema);
  const calibration = parts.calibration[hospital];
  const { bits, scores } = await drawCourses(
    parts,
    models,
    cohort,
    rows,
    hospital,
    parameters,
    (t, feature) => calibration?.maskShift[t * features.length + feature] ?? 0,
    random,
  );
  const continuous = columns.continuous.length;
  const masks = continuous + columns.discrete.length;
  const width = masks + columns.binary.length;
  const recorded = columns.continuous.map((feature, c) => {
    const at = preprocessing.variables.findIndex(
      ({ source, index }) => source === 'feature' && index === feature,
    );
    return {
      map: calibration?.values[c] ?? transformOf(parts, 'feature', feature),
      range: preprocessing.variables[at]!.range,
      decimals: parameters.sampling.roundValues ? preprocessing.released[hospital]!.decimals[at]! : null,
    };
  });
  rows.forEach((row, stay) => {
    for (let t = 0; t < cohort.length[row]!; t++) {
      const step = stay * steps + t;
      const cell = (row * steps + t) * features.length;
      recorded.forEach(({ map, range, decimals }, c) => {
        // Nothing was released about the values of a feature without a map, so none is made up.
        if (bits[step * width + c] === 0 || map === null) return;
        const at = cell + columns.continuous[c]!;
        const value = roundTo(valueOf(map, scores[step * continuous + c]!), decimals);
        cohort.observed[at] = 1;
        cohort.values[at] = Math.min(Math.max(value, range[0]), range[1]);
      });
      columns.discrete.forEach((feature, d) => {
        cohort.observed[cell + feature] = bits[step * width + continuous + d]!;
      });
      columns.binary.forEach(({ feature, level }, b) => {
        if (bits[step * width + masks + b] === 1) cohort.values[cell + feature] = level ?? 1;
      });
    }
  });
}

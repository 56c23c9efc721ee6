import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { random, type Random } from '../../engine/random.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { valueOf } from '../../federation/preprocessing/quantileTransform.js';
import { drawConditions, roundTo } from './drawnConditions.js';
import { drawScores, transformOf, type DrawnScores } from './drawnScores.js';
import type { GeneratorParameters } from './parameters.js';
import type { TrainedParts } from './trainedParts.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Decides every cell of one hospital's stays: observed or not, then its value. */
function writeCells(
  parts: TrainedParts,
  cohort: Cohort,
  rows: readonly number[],
  hospital: string,
  drawn: DrawnScores,
  sampling: GeneratorParameters['sampling'],
  draw: Random,
): void {
  const { schema, preprocessing } = parts;
  const { steps, features } = schema;
  const columns = featureColumns(schema);
  const calibration = parts.calibration[hospital];
  const released = preprocessing.released[hospital]!;
  const width = features.length;
  const continuous = columns.continuous.length;
  const maps = columns.continuous.map(
    (feature, c) => calibration?.values[c] ?? transformOf(parts, 'feature', feature),
  );
  const recorded = columns.continuous.map((feature) => {
    const at = preprocessing.variables.findIndex(
      (variable) => variable.source === 'feature' && variable.index === feature,
    );
    const variable = preprocessing.variables[at]!;
    return { decimals: sampling.roundValues ? released.decimals[at]! : null, range: variable.range };
  });
  rows.forEach((row, stay) => {
    for (let t = 0; t < cohort.length[row]!; t++) {
      const from = stay * steps + t;
      const cell = (row * steps + t) * width;
      for (let f = 0; f < width; f++) {
        const shift = calibration?.maskShift[t * width + f] ?? 0;
        cohort.observed[cell + f] =
          draw.uniform() < sigmoid(drawn.maskLogits[from * width + f]! + shift) ? 1 : 0;
      }
      for (let c = 0; c < continuous; c++) {
        const at = cell + columns.continuous[c]!;
        if (cohort.observed[at] === 0) continue;
        const map = maps[c] ?? null;
        if (map === null) {
          // Nothing was released about the values of this feature, so none is made up.
          cohort.observed[at] = 0;
          continue;
        }
        const { decimals, range } = recorded[c]!;
        const value = roundTo(valueOf(map, drawn.scores[from * continuous + c]!), decimals);
        cohort.values[at] = Math.min(Math.max(value, range[0]), range[1]);
      }
      for (let b = 0; b < columns.binary.length; b++) {
        const { feature, level } = columns.binary[b]!;
        if (cohort.observed[cell + feature] === 0 || level !== null) continue;
        const logit =
          drawn.binaryLogits[from * columns.binary.length + b]! + (calibration?.binaryShift[b] ?? 0);
        cohort.values[cell + feature] = draw.uniform() < sigmoid(logit) ? 1 : 0;
      }
      for (const feature of columns.discrete) {
        if (features[feature]!.kind !== 'categorical' || cohort.observed[cell + feature] === 0) continue;
        let total = 0;
        const odds = columns.binary.map((channel, b) => {
          if (channel.feature !== feature) return 0;
          const p = sigmoid(
            drawn.binaryLogits[from * columns.binary.length + b]! + (calibration?.binaryShift[b] ?? 0),
          );
          total += p;
          return p;
        });
        let left = draw.uniform() * total;
        const chosen = columns.binary.findIndex((channel, b) => {
          if (channel.feature !== feature) return false;
          left -= odds[b]!;
          return left < 0;
        });
        cohort.values[cell + feature] = columns.binary[chosen]?.level ?? 0;
      }
    }
  });
}

/**
 * A synthetic cohort: conditions from the released histograms, latents from the prior, cells from the decoder.
 *
 * @throws InputError when stays of a hospital are asked for that took no part in the training
 */
export async function sampleCohort(
  parts: TrainedParts,
  models: GeneratorModels,
  stays: Readonly<Record<string, number>>,
  parameters: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  seed: number,
): Promise<Cohort> {
  const { released } = parts.preprocessing;
  const unknown = Object.keys(stays).find(
    (hospital) => released[hospital] === undefined && stays[hospital] !== 0,
  );
  if (unknown !== undefined)
    throw new InputError({
      expected: `one of the hospitals ${Object.keys(released).join(', ')}`,
      found: `"${unknown}"`,
      remedy: 'Ask for stays of hospitals that took part in the training.',
    });
  const cohort = drawConditions(parts.schema, parts.preprocessing, stays, (hospital) =>
    random(seed, 'conditions', hospital),
  );
  for (const [index, hospital] of cohort.hospitals.entries()) {
    const rows = rowsOfHospital(cohort, index);
    if (rows.length === 0) continue;
    const drawn = await drawScores(
      parts,
      models,
      cohort,
      rows,
      parameters,
      random(seed, 'latents', hospital),
    );
    writeCells(parts, cohort, rows, hospital, drawn, parameters.sampling, random(seed, 'cells', hospital));
  }
  return cohort;
}

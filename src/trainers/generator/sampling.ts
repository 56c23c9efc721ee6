import { InputError } from '../../cohort/inputError.js';
import { joinCohorts } from '../../cohort/joinCohorts.js';
import type { Cohort } from '../../cohort/types.js';
import { random, type Random } from '../../engine/random.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { valueOf } from '../../federation/preprocessing/quantileTransform.js';
import { drawConditions, roundTo } from './drawnConditions.js';
import { drawScores, transformOf, type DrawnScores } from './drawnScores.js';
import type { GeneratorParameters } from './parameters.js';
import { syntheticPatientIds } from '../references/patientIds.js';
import { syntheticSchema } from './syntheticSchema.js';
import { writeCourses } from './writtenCourses.js';
import { trainingStays, type TrainedModel, type TrainedParts } from './trainedParts.js';

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

/** Stays that are drawn at once: memory does not grow with the number that is asked for. */
const block = 4096;

/** Draws a block of one hospital's stays; `streams` names what its random numbers depend on besides their role. */
async function drawBlock(
  parts: TrainedParts,
  models: GeneratorModels,
  { sampling, tcvae }: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  hospital: string,
  stays: number,
  streams: (role: string) => Random,
): Promise<Cohort> {
  const cohort = drawConditions(parts.schema, parts.preprocessing, { [hospital]: stays }, () =>
    streams('conditions'),
  );
  const rows = Array.from({ length: stays }, (_, row) => row);
  if (models.tcvae.output === 'observations') {
    const drawing = { autoencoder: models.autoencoder, tcvae: models.tcvae };
    await writeCourses(parts, drawing, cohort, rows, hospital, { sampling, tcvae }, streams('courses'));
    return cohort;
  }
  const drawn = await drawScores(parts, models, cohort, rows, { sampling, tcvae }, streams('latents'));
  writeCells(parts, cohort, rows, hospital, drawn, sampling, streams('cells'));
  return cohort;
}

/**
 * Synthetic stays in blocks of one hospital each, in the order of the model's hospitals: conditions from the released
 * histograms, latents from the prior, cells from the decoder. What is drawn depends on the seed and on the numbers of stays
 * alone.
 *
 * @param stays number of stays per hospital id
 * @throws InputError when stays of a hospital are asked for that took no part in the training
 */
export async function* sampleBlocks(
  model: TrainedModel,
  models: GeneratorModels,
  stays: Readonly<Record<string, number>>,
  seed: number,
): AsyncGenerator<Cohort, void, undefined> {
  const drawable = Object.keys(trainingStays(model));
  const unknown = Object.keys(stays).find(
    (hospital) => !drawable.includes(hospital) && stays[hospital] !== 0,
  );
  if (unknown !== undefined)
    throw new InputError({
      expected: `one of the hospitals ${drawable.join(', ')}`,
      found: `"${unknown}"`,
      remedy: 'Ask for stays of hospitals that took part in the training.',
    });
  const schema = syntheticSchema(model.schema, model.trainer);
  let before = 0;
  for (const [index, hospital] of model.hospitals.entries()) {
    const wanted = stays[hospital] ?? 0;
    const parts = model.generators.find(
      ({ preprocessing }) => preprocessing.released[hospital] !== undefined,
    );
    if (parts === undefined) continue;
    for (let from = 0; from < wanted; from += block) {
      const size = Math.min(block, wanted - from);
      const position = from === 0 ? [] : [from / block];
      const drawn = await drawBlock(parts, models, model.parameters, hospital, size, (role) =>
        random(seed, role, hospital, ...position),
      );
      yield {
        ...drawn,
        schema,
        hospitals: model.hospitals,
        hospital: new Uint16Array(size).fill(index),
        patients: syntheticPatientIds(size, before),
      };
      before += size;
    }
  }
}

/** The blocks of `sampleBlocks` as one cohort; at least one stay must be asked for. */
export async function sampleCohort(
  model: TrainedModel,
  models: GeneratorModels,
  stays: Readonly<Record<string, number>>,
  seed: number,
): Promise<Cohort> {
  const blocks: Cohort[] = [];
  for await (const drawn of sampleBlocks(model, models, stays, seed)) blocks.push(drawn);
  return joinCohorts(blocks);
}

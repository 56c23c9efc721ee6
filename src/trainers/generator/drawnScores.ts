import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { conditionLayout, conditionVectors } from '../../federation/preprocessing/conditionVector.js';
import { binaryWidth, featureColumns } from '../../federation/preprocessing/channels.js';
import type { QuantileTransform } from '../../federation/preprocessing/quantileTransform.js';
import type { GeneratorParameters } from './parameters.js';
import type { TrainedParts } from './trainedParts.js';

/** What the models draw for stays of given conditions, before anything is decided per cell. */
export interface DrawnScores {
  /** [stays × steps × features], log odds of being observed. */
  readonly maskLogits: Float32Array;
  /** [stays × steps × continuous columns], normal scores with residual noise. */
  readonly scores: Float32Array;
  /** [stays × steps × 0/1 value columns], log odds. */
  readonly binaryLogits: Float32Array;
  /** Variance of the drawn standardised latents, mean over latents: 1 for real ones, near 0 after a collapse. */
  readonly varianceRatio: number;
}

/** Transform of a schema variable; null where it has none. */
export function transformOf(
  parts: Pick<TrainedParts, 'preprocessing'>,
  source: 'feature' | 'static' | 'label',
  index: number,
): QuantileTransform | null {
  const at = parts.preprocessing.variables.findIndex(
    (variable) => variable.source === source && variable.index === index,
  );
  return at < 0 ? null : (parts.preprocessing.transforms[at] ?? null);
}

/** Mean over latents of their variance over all steps within stays. */
function meanVariance(
  latents: Float32Array,
  width: number,
  steps: number,
  lengths: ArrayLike<number>,
): number {
  let total = 0;
  for (let x = 0; x < width; x++) {
    let count = 0;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < lengths.length; i++)
      for (let t = 0; t < lengths[i]!; t++) {
        const value = latents[(i * steps + t) * width + x]!;
        count++;
        sum += value;
        squares += value * value;
      }
    total += squares / count - (sum / count) ** 2;
  }
  return total / width;
}

/** Draws latents under the conditions of the given rows of a cohort, at least one and all of one hospital, and decodes them. */
export async function drawScores(
  parts: TrainedParts,
  models: GeneratorModels,
  cohort: Cohort,
  rows: readonly number[],
  { sampling, tcvae }: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  random: Random,
): Promise<DrawnScores> {
  const { schema, preprocessing, latentSpace } = parts;
  if (models.tcvae.output !== 'latent') throw new Error('this model draws no latents');
  const { steps, features } = schema;
  const columns = featureColumns(schema);
  const layout = conditionLayout(
    schema,
    preprocessing.hospitals,
    schema.labels.map((_, index) => transformOf(parts, 'label', index)),
    schema.statics.map((_, index) => transformOf(parts, 'static', index)),
    tcvae.labelScale,
  );
  const hospital = cohort.hospitals[cohort.hospital[rows[0]!]!]!;
  const latents = await models.tcvae.sample(
    parts.ownTcvae[hospital] ?? parts.tcvae,
    conditionVectors(cohort, layout, rows),
    {
      normal: (target) => random.fillNormal(target),
      uniform(target) {
        for (let i = 0; i < target.length; i++) target[i] = random.uniform();
      },
    },
    { prior: sampling.priorTemperature, decoder: sampling.decoderTemperature },
  );
  const width = latentSpace.mean.length;
  const varianceRatio = meanVariance(
    latents,
    width,
    steps,
    rows.map((row) => cohort.length[row]!),
  );
  for (let at = 0; at < latents.length; at += width)
    for (let x = 0; x < width; x++)
      latents[at + x] = latents[at + x]! * latentSpace.deviation[x]! + latentSpace.mean[x]!;
  const decoded = await models.autoencoder.decode(parts.autoencoder, latents);

  const cells = rows.length * steps;
  const continuous = columns.continuous.length;
  const flags = binaryWidth(columns);
  const maskLogits = new Float32Array(cells * features.length);
  const binaryLogits = new Float32Array(cells * columns.binary.length);
  for (let cell = 0; cell < cells; cell++) {
    for (let c = 0; c < continuous; c++)
      maskLogits[cell * features.length + columns.continuous[c]!] = decoded.mask[cell * continuous + c]!;
    for (let d = 0; d < columns.discrete.length; d++)
      maskLogits[cell * features.length + columns.discrete[d]!] =
        decoded.binary[cell * flags + columns.binary.length + d]!;
    for (let b = 0; b < columns.binary.length; b++)
      binaryLogits[cell * columns.binary.length + b] = decoded.binary[cell * flags + b]!;
  }

  const scores = decoded.continuous;
  const { residualDeviation, residualMemory } = latentSpace;
  const residual = new Float64Array(continuous);
  for (let stay = 0; stay < rows.length; stay++)
    for (let t = 0; t < steps; t++)
      for (let c = 0; c < continuous; c++) {
        const memory = sampling.residualMemory && t > 0 ? residualMemory[c]! : 0;
        residual[c] = memory * residual[c]! + Math.sqrt(1 - memory * memory) * random.normal();
        scores[(stay * steps + t) * continuous + c]! += residualDeviation[c]! * residual[c]!;
      }
  return { maskLogits, scores, binaryLogits, varianceRatio };
}

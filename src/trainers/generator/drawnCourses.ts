import type { Cohort } from '../../cohort/types.js';
import { namedArrays } from '../../engine/parameters.js';
import type { Random } from '../../engine/random.js';
import type { AutoencoderModel, DrawnHeads, ObservationModel } from '../../federation/generatorModels.js';
import { standardise } from '../../federation/local/latentStatistics.js';
import { featureColumns, type FeatureColumns } from '../../federation/preprocessing/channels.js';
import { conditionLayout, conditionVectors } from '../../federation/preprocessing/conditionVector.js';
import { KnownCourse, writeHistory } from '../../federation/preprocessing/history.js';
import {
  scoreOf,
  valueOf,
  type QuantileTransform,
} from '../../federation/preprocessing/quantileTransform.js';
import { roundTo } from './drawnConditions.js';
import { transformOf } from './drawnScores.js';
import { drawBits } from './bitDraw.js';
import { ValueDraw } from './valueDraw.js';
import type { GeneratorParameters } from './parameters.js';
import type { TrainedParts } from './trainedParts.js';

/** Shift of a mask's log odds: looked up, or settled from the log odds of all stays that are still there. */
export type MaskShift = (t: number, feature: number, logits: Float64Array) => number;

/** Courses of stays, cell by cell. */
export interface DrawnCourses {
  /** [stays × steps × bits]: masks, continuous features first, then 0/1 values. */
  readonly bits: Uint8Array;
  /** [stays × steps × continuous], normal scores before rounding; 0 where not observed. */
  readonly scores: Float32Array;
  /** Variance of the scores of each column, mean over columns: about 1 for real values, near 0 after a collapse. */
  readonly varianceRatio: number;
}

/** How the scores of one continuous column become values that a hospital would record. */
interface RecordedAs {
  readonly transform: QuantileTransform | null;
  readonly decimals: number | null;
}

function recordedAs(
  parts: TrainedParts,
  columns: FeatureColumns,
  hospital: string,
  sampling: GeneratorParameters['sampling'],
): RecordedAs[] {
  const { variables, released } = parts.preprocessing;
  return columns.continuous.map((feature) => {
    const at = variables.findIndex(({ source, index }) => source === 'feature' && index === feature);
    return {
      transform: transformOf(parts, 'feature', feature),
      decimals: sampling.roundValues ? released[hospital]!.decimals[at]! : null,
    };
  });
}

/** Mean over the columns with at least two values of their variance. */
function meanVariance(
  { bits, scores }: Pick<DrawnCourses, 'bits' | 'scores'>,
  cells: number,
  width: number,
  columns: number,
): number {
  const variances: number[] = [];
  for (let c = 0; c < columns; c++) {
    let [count, mean, squares] = [0, 0, 0];
    for (let cell = 0; cell < cells; cell++) {
      if (bits[cell * width + c] === 0) continue;
      const difference = scores[cell * columns + c]! - mean;
      mean += difference / ++count;
      squares += difference * (scores[cell * columns + c]! - mean);
    }
    if (count > 1) variances.push(squares / count);
  }
  // A schema without continuous features has nothing that could lose its variance.
  return variances.length === 0
    ? 1
    : variances.reduce((sum, variance) => sum + variance / variances.length, 0);
}

/**
 * Draws the courses of the given rows of a cohort, one hour after the other: the code from the prior, the bits and the
 * values from the decoder, the values rounded as the hospital records them, encoded by the frozen encoder and read again.
 */
export async function drawCourses(
  parts: TrainedParts,
  models: { readonly autoencoder: AutoencoderModel; readonly tcvae: ObservationModel },
  cohort: Cohort,
  rows: readonly number[],
  hospital: string,
  { sampling, tcvae }: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  maskShift: MaskShift,
  random: Random,
): Promise<DrawnCourses> {
  const { schema, preprocessing, latentSpace } = parts;
  const { steps } = schema;
  const model = models.tcvae;
  const { history, bits } = model;
  const { continuous, flags } = history;
  const columns = featureColumns(schema);
  const stays = rows.length;
  const parameters = parts.ownTcvae[hospital] ?? parts.tcvae;
  const chain = namedArrays(model.layout, parameters)['bits_chain_w']!;
  const recorded = recordedAs(parts, columns, hospital, sampling);
  const layout = conditionLayout(
    schema,
    preprocessing.hospitals,
    schema.labels.map((_, index) => transformOf(parts, 'label', index)),
    schema.statics.map((_, index) => transformOf(parts, 'static', index)),
    tcvae.labelScale,
  );
  const condition = conditionVectors(cohort, layout, rows);
  const masks = continuous + columns.discrete.length;

  const drawn = {
    bits: new Uint8Array(stays * steps * bits),
    scores: new Float32Array(stays * steps * continuous),
  };
  const read = new Float32Array(stays * history.width);
  const previous = new Float32Array(stays * bits);
  const current = new Float32Array(stays * bits);
  const carried = new Float32Array(stays * continuous);
  const latest = new Int32Array(stays * continuous);
  const known = new KnownCourse(stays, continuous, steps);
  const flag = new Float32Array(stays * flags);
  const mask = new Float32Array(stays * continuous);
  const values = new ValueDraw(model, parameters);
  const noise = new Float32Array(stays * model.codes);
  // Every hour's outputs are written over those of the hour before.
  let prior: Record<string, Float32Array> = {};
  let heads: Record<string, Float32Array> = {};
  let state = await model.start(stays, parameters, { condition });
  for (let t = 0; t < steps; t++) {
    const inside = [...rows.keys()].filter((stay) => cohort.length[rows[stay]!]! > t);
    if (inside.length === 0) break;
    random.fillNormal(noise);
    prior = await model.prior(
      stays,
      parameters,
      sampling.priorTemperature,
      { state: state['state']!, history: read, previousBits: previous, condition, noise },
      prior,
    );
    drawBits(
      {
        columns,
        chain,
        logits: prior['logits']!,
        inside,
        shift: (feature, odds) => maskShift(t, feature, odds),
      },
      current,
      random,
    );
    heads = await model.values(
      stays,
      parameters,
      { hidden: prior['hidden']!, bits: current, known: known.facts },
      heads,
    );
    const drawnHeads = heads as Record<keyof DrawnHeads, Float32Array>;
    for (const stay of inside) {
      values.begin();
      for (let c = 0; c < continuous; c++) {
        const at = stay * continuous + c;
        const observed = current[stay * bits + c] === 1;
        mask[at] = observed ? 1 : 0;
        const seen = known.seen(stay, c);
        if (!observed) {
          known.miss(stay, c, t - latest[at]!);
          continue;
        }
        const score = values.draw(
          drawnHeads,
          stay * model.mixtures * continuous,
          c,
          carried[at]!,
          known.average(stay, c),
          seen,
          sampling.decoderTemperature,
          random,
        );
        drawn.scores[(stay * steps + t) * continuous + c] = score;
        values.tell(c, score - (seen ? carried[at]! : 0), seen);
        const { transform, decimals } = recorded[c]!;
        carried[at] =
          transform === null ? 0 : scoreOf(transform, roundTo(valueOf(transform, score), decimals));
        known.observe(stay, c, carried[at]);
        latest[at] = t;
      }
      columns.binary.forEach(({ feature }, b) => {
        if (current[stay * bits + continuous + columns.discrete.indexOf(feature)] === 1)
          flag[stay * flags + b] = current[stay * bits + masks + b]!;
      });
      columns.discrete.forEach((_, d) => {
        flag[stay * flags + columns.binary.length + d] = current[stay * bits + continuous + d]!;
      });
      for (let bit = 0; bit < bits; bit++)
        drawn.bits[(stay * steps + t) * bits + bit] = current[stay * bits + bit]!;
    }
    if (t === steps - 1) break;
    const latents =
      history.latents === 0
        ? new Float32Array(0)
        : await models.autoencoder.encode(parts.autoencoder, {
            rows: stays,
            binary: flag,
            continuous: carried,
            mask,
          });
    standardise(latents, latentSpace.mean, latentSpace.deviation);
    const source = { latents, mask, flags: flag };
    const facts = known.facts.length / stays;
    for (let stay = 0; stay < stays; stay++)
      writeHistory(history, source, stay, known.facts, stay * facts, t, read, stay * history.width);
    state = await model.state(
      stays,
      parameters,
      { state: state['state']!, code: prior['code']!, history: read, condition },
      state,
    );
    // Values that are not observed stay what they were, as in training.
    previous.set(current);
    for (let stay = 0; stay < stays; stay++)
      for (let b = 0; b < columns.binary.length; b++)
        previous[stay * bits + masks + b] = flag[stay * flags + b]!;
  }
  return { ...drawn, varianceRatio: meanVariance(drawn, stays * steps, bits, continuous) };
}

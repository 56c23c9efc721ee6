import type { Cohort } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { featureColumns, type FeatureColumns } from '../../federation/preprocessing/channels.js';
import { quantilesOf, totalCount, type Histogram } from '../../federation/preprocessing/histogram.js';
import type { QuantileTransform } from '../../federation/preprocessing/quantileTransform.js';
import { drawConditions } from './drawnConditions.js';
import { drawScores, type DrawnScores } from './drawnScores.js';
import type { GeneratorParameters } from './parameters.js';
import type { ReleasedByHospital } from './preprocessing.js';
import type { HospitalCalibration, TrainedParts } from './trainedParts.js';

/** Quantiles that tie drawn scores to released values; so many that values recorded often stay apart. */
const levelCount = 4001;
/** Under so many drawn or released values a hospital's own map is too rough: all hospitals' is used. */
export const minimumValues = 100;

/** Log odds of what never happens. */
const impossible = -60;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The shift that gives log odds a mean probability of `target` (Newton's method on a monotone function). */
export function shiftTo(logits: Float64Array, target: number): number {
  if (!(target > 0)) return impossible;
  const least = 0.25 / Math.max(logits.length, 1);
  const goal = Math.min(Math.max(target, least), 1 - least);
  let shift = 0;
  for (let step = 0; step < 25; step++) {
    let mean = 0;
    let slope = 0;
    for (const logit of logits) {
      const p = sigmoid(logit + shift);
      mean += p;
      slope += p * (1 - p);
    }
    const change = (goal - mean / logits.length) / Math.max(slope / logits.length, 1e-9);
    shift += Math.min(Math.max(change, -2), 2);
    if (Math.abs(change) < 1e-6) break;
  }
  return shift;
}

/** Monotone map from drawn scores to released values with equal quantiles; null where either is too small. */
export function quantileMap(
  scores: Float64Array,
  released: Histogram,
  minimum: number,
): QuantileTransform | null {
  if (scores.length < minimum || totalCount(released) < minimum) return null;
  const sorted = scores.slice().sort();
  const levels = Float64Array.from({ length: levelCount }, (_, i) => i / (levelCount - 1));
  const drawn = levels.map((level) => {
    const at = level * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low]! + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!);
  });
  return { scores: drawn, values: quantilesOf(released, levels) };
}

function maskShifts(
  drawn: DrawnScores,
  lengths: ArrayLike<number>,
  released: ReleasedByHospital,
  steps: number,
  features: number,
): Float64Array {
  const shifts = new Float64Array(steps * features);
  for (let t = 0; t < steps; t++) {
    const inside: number[] = [];
    for (let stay = 0; stay < lengths.length; stay++) if (lengths[stay]! > t) inside.push(stay);
    const exposed = released.stepCounts[t]!;
    for (let f = 0; f < features; f++) {
      const target = exposed > 0 ? released.observedCounts[t * features + f]! / exposed : 0;
      const logits = Float64Array.from(
        inside,
        (stay) => drawn.maskLogits[(stay * steps + t) * features + f]!,
      );
      shifts[t * features + f] = shiftTo(logits, target);
    }
  }
  return shifts;
}

/** Cells of a feature that the calibration's draw observes, as indices stay × steps + t. */
function observedCells(
  drawn: DrawnScores,
  lengths: ArrayLike<number>,
  maskShift: Float64Array,
  uniforms: Float32Array,
  feature: number,
  steps: number,
  features: number,
): number[] {
  const cells: number[] = [];
  for (let stay = 0; stay < lengths.length; stay++)
    for (let t = 0; t < lengths[stay]!; t++) {
      const cell = stay * steps + t;
      const at = cell * features + feature;
      if (uniforms[at]! < sigmoid(drawn.maskLogits[at]! + maskShift[t * features + feature]!))
        cells.push(cell);
    }
  return cells;
}

interface Measured {
  readonly maskShift: Float64Array;
  readonly binaryShift: Float64Array;
  /** Drawn scores of observed cells per continuous column. */
  readonly scores: readonly Float64Array[];
}

function measure(
  drawn: DrawnScores,
  lengths: ArrayLike<number>,
  released: ReleasedByHospital,
  columns: FeatureColumns,
  steps: number,
  features: number,
  uniforms: Float32Array,
  calibrateMasks: boolean,
): Measured {
  const maskShift = calibrateMasks
    ? maskShifts(drawn, lengths, released, steps, features)
    : new Float64Array(steps * features);
  const cellsOf = (feature: number): number[] =>
    observedCells(drawn, lengths, maskShift, uniforms, feature, steps, features);
  const width = columns.continuous.length;
  const scores = columns.continuous.map((feature, c) =>
    Float64Array.from(cellsOf(feature), (cell) => drawn.scores[cell * width + c]!),
  );
  const binaryShift = Float64Array.from(columns.binary, ({ feature }, b) => {
    let shown = 0;
    for (let t = 0; t < steps; t++) shown += released.observedCounts[t * features + feature]!;
    const logits = Float64Array.from(
      cellsOf(feature),
      (cell) => drawn.binaryLogits[cell * columns.binary.length + b]!,
    );
    return shown > 0 && logits.length > 0
      ? Math.max(shiftTo(logits, released.oneCounts[b]! / shown), -30)
      : 0;
  });
  return { maskShift, binaryShift, scores };
}

/**
 * Corrects what a trained generator draws so that, per hospital, observation rates of every hour and distributions of every
 * feature are those that the hospital released. Measured on synthetic stays on the server; no hospital is asked again. Maps are
 * monotone in the drawn scores, so ranks and thereby dependences stay as the models draw them.
 *
 * @returns the corrections by hospital and the ratio of drawn to real latent variance (collapse shows as a value near 0)
 */
export async function calibrate(
  parts: TrainedParts,
  models: GeneratorModels,
  parameters: Pick<GeneratorParameters, 'sampling' | 'tcvae'>,
  seed: number,
): Promise<{ calibration: Record<string, HospitalCalibration>; varianceRatio: number }> {
  const { schema, preprocessing } = parts;
  const { sampling } = parameters;
  const { steps } = schema;
  const features = schema.features.length;
  const columns = featureColumns(schema);
  const measured: { hospital: string; values: Measured }[] = [];
  let varianceRatio = 0;
  const released = preprocessing.hospitals.filter((name) => preprocessing.released[name] !== undefined);
  for (const hospital of released) {
    const cohort: Cohort = drawConditions(
      schema,
      preprocessing,
      { [hospital]: sampling.calibrationStays },
      (name) => random(seed, 'calibration-conditions', name),
    );
    const rows = Array.from({ length: cohort.size }, (_, row) => row);
    const draw = random(seed, 'calibration', hospital);
    const drawn = await drawScores(parts, models, cohort, rows, parameters, draw);
    varianceRatio += drawn.varianceRatio / released.length;
    const uniforms = Float32Array.from({ length: drawn.maskLogits.length }, () => draw.uniform());
    measured.push({
      hospital,
      values: measure(
        drawn,
        cohort.length,
        preprocessing.released[hospital]!,
        columns,
        steps,
        features,
        uniforms,
        sampling.calibrateMasks,
      ),
    });
  }
  const variableOf = columns.continuous.map((feature) =>
    preprocessing.variables.findIndex(
      (variable) => variable.source === 'feature' && variable.index === feature,
    ),
  );
  const pooledMaps = columns.continuous.map((_, c) =>
    quantileMap(
      Float64Array.from(measured.flatMap(({ values }) => [...values.scores[c]!])),
      preprocessing.pooled[variableOf[c]!]!,
      10,
    ),
  );
  const calibration = Object.fromEntries(
    measured.map(({ hospital, values }): [string, HospitalCalibration] => [
      hospital,
      {
        maskShift: values.maskShift,
        binaryShift: values.binaryShift,
        values: columns.continuous.map((_, c) =>
          sampling.calibrateValues
            ? (quantileMap(
                values.scores[c]!,
                preprocessing.released[hospital]!.histograms[variableOf[c]!]!,
                minimumValues,
              ) ?? pooledMaps[c]!)
            : null,
        ),
      },
    ]),
  );
  return { calibration, varianceRatio };
}

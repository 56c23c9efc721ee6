import type { Cohort } from '../../cohort/types.js';
import { compileStep } from '../../engine/compile.js';
import { initialParameters, namedTensors } from '../../engine/parameters.js';
import { random as randomStream } from '../../engine/random.js';
import { compileTraining } from '../../engine/training.js';
import {
  gruForecasterInputs,
  gruForecasterLayout,
  gruForecasterTraining,
  gruForecasts,
  type GruForecasterShape,
} from '../../models/gruForecaster.js';
import type { CarriedCourses } from './carriedCourses.js';

const BATCH = 128;
const LEARNING_RATE = 0.001;

export const forecasterDefinition = `a gated recurrent unit of half as many hidden units as there are features (at least 1), with a sigmoid layer, that reads the other features at step t and foretells the last one at t + 1; absolute loss, batches of ${BATCH} stays drawn anew for every update, Adam ${LEARNING_RATE}, in float32 on the engine`;

/** A trained forecaster: mean absolute error of every row of a cohort, on the scale of the courses. */
export interface Forecaster {
  errors(cohort: Cohort, rows: readonly number[]): Promise<Float64Array>;
}

/** Rows of the stays of two steps or more, which have something to foretell. */
export function forecastableStays({ length }: Cohort): number[] {
  return [...length.keys()].filter((row) => length[row]! >= 2);
}

/**
 * Trains on the stays at `rows`; the same seed gives the same bytes.
 *
 * @param courses of at least two columns; the last one is foretold
 */
export async function trainForecaster(
  cohort: Cohort,
  rows: readonly number[],
  courses: CarriedCourses,
  iterations: number,
  seed: number,
): Promise<Forecaster> {
  const shape: GruForecasterShape = {
    inputs: courses.columns - 1,
    hidden: Math.max(1, Math.floor(courses.columns / 2)),
    steps: cohort.schema.steps - 1,
    batch: BATCH,
  };
  const definition = gruForecasterTraining(shape);
  const size = definition.layout.size;
  const stream = randomStream('forecaster', seed);
  const course = rows.map((row) => courses.course(cohort, row));
  const batch = emptyBatch(shape);
  const step = await compileTraining(definition, { engine: 'onnx' });
  try {
    step.load({
      parameters: initialParameters(definition.layout, stream),
      firstMoment: new Float32Array(size),
      secondMoment: new Float32Array(size),
      updates: 0,
    });
    for (let update = 0; update < iterations; update++) {
      clear(batch);
      const drawn = stream.permutation(rows.length).subarray(0, BATCH);
      drawn.forEach((chosen, place) => {
        write(batch, place, course[chosen]!, cohort.length[rows[chosen]!]!, courses.columns);
      });
      await step.run(batch, LEARNING_RATE);
    }
    const { parameters } = step.state();
    return { errors: (tested, testRows) => errorsOf(tested, testRows, courses, shape, parameters) };
  } finally {
    await step.dispose();
  }
}

async function errorsOf(
  cohort: Cohort,
  rows: readonly number[],
  courses: CarriedCourses,
  shape: GruForecasterShape,
  parameters: Float32Array,
): Promise<Float64Array> {
  const layout = gruForecasterLayout(shape);
  const step = await compileStep(
    ({ parameters: flat, ...inputs }) => ({
      forecasts: gruForecasts(namedTensors(layout, flat!), inputs, shape),
    }),
    { parameters: [layout.size], ...gruForecasterInputs(shape) },
    { engine: 'onnx' },
  );
  try {
    const errors = new Float64Array(rows.length);
    const batch = emptyBatch(shape);
    for (let from = 0; from < rows.length; from += BATCH) {
      clear(batch);
      const taken = rows.slice(from, from + BATCH);
      taken.forEach((row, place) => {
        write(batch, place, courses.course(cohort, row), cohort.length[row]!, courses.columns);
      });
      const forecasts = (await step.run({ parameters, x: batch.x }))['forecasts'];
      if (forecasts === undefined) throw new Error('the forecaster said nothing');
      taken.forEach((row, place) => {
        const foretold = cohort.length[row]! - 1;
        let sum = 0;
        for (let t = 0; t < foretold; t++)
          sum += Math.abs(forecasts[t * BATCH + place]! - batch.target[t * BATCH + place]!);
        errors[from + place] = sum / foretold;
      });
    }
    return errors;
  } finally {
    await step.dispose();
  }
}

/** One batch, time first. */
interface ForecastBatch extends Record<string, Float32Array> {
  readonly x: Float32Array;
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

function emptyBatch({ steps, inputs }: GruForecasterShape): ForecastBatch {
  const cells = steps * BATCH;
  return {
    x: new Float32Array(cells * inputs),
    target: new Float32Array(cells),
    weight: new Float32Array(cells),
  };
}

function clear(batch: ForecastBatch): void {
  for (const part of Object.values(batch)) part.fill(0);
}

function write(
  { x, target, weight }: ForecastBatch,
  place: number,
  course: Float32Array,
  length: number,
  columns: number,
): void {
  const inputs = columns - 1;
  for (let t = 0; t + 1 < length; t++) {
    const cell = t * BATCH + place;
    x.set(course.subarray(t * columns, t * columns + inputs), cell * inputs);
    target[cell] = course[(t + 1) * columns + inputs]!;
    weight[cell] = 1;
  }
}

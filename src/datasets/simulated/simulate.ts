import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { drawStays, simulatedSchema } from './drawStays.js';
import { simulationOptions, type SimulationParameters } from './options.js';
import { truthOf, type Truth } from './truth.js';
import { plantWorld, type World } from './world.js';

/** A simulated federation: its cohort, drawn when asked for, and the truth that was planted. */
export interface Simulation {
  readonly world: World;
  readonly schema: CohortSchema;
  /** Stays in all. */
  readonly size: number;
  readonly truth: Truth;
  /**
   * The cohort in pieces of `chunk` stays (the last may be shorter), hospital after hospital; memory is that of one
   * piece. Every stay is the same whatever the chunk.
   */
  chunks(chunk: number): Generator<Cohort>;
  /** The whole cohort. */
  cohort(): Cohort;
}

/**
 * Simulates hospitals with planted truth: latent AR(1) factors f_t with hospital means δ_k ~ N(0, η²I); measurements and
 * binary drugs that load on them, drug use that differs between hospitals, missingness that depends on severity, and
 * death ~ logistic(severity at the last step, age) with every hospital's death rate as planted.
 *
 * Equal parameters and seed give equal bytes on the same kind of processor.
 *
 * @throws InputError on wrong parameters
 */
export function simulate(parameters: SimulationParameters, seed: number): Simulation {
  const options = simulationOptions(parameters);
  const world = plantWorld(options, seed);
  const schema = simulatedSchema(world);
  const size = options.hospitals.reduce((sum, { patients }) => sum + patients, 0);
  return {
    world,
    schema,
    size,
    truth: truthOf(world),
    *chunks(chunk) {
      if (!Number.isInteger(chunk) || chunk < 1)
        throw new RangeError(`a chunk of 1 or more stays, not ${chunk}`);
      for (let first = 0; first < size; first += chunk)
        yield drawStays(world, schema, first, Math.min(chunk, size - first));
    },
    cohort: () => drawStays(world, schema, 0, size),
  };
}

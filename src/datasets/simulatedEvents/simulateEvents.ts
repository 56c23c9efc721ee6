import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { drawEventStays } from './drawEventStays.js';
import { simulatedEventSchema } from './eventSchema.js';
import { eventTruthOf, type EventTruth } from './eventTruth.js';
import { plantEventWorld, type EventSimulationParameters, type EventWorld } from './world.js';

/** A simulated federation whose stays come as events: its cohort, drawn when asked for, and the truth that was planted. */
export interface EventSimulation {
  readonly world: EventWorld;
  readonly schema: CohortSchema;
  readonly truth: EventTruth;
  cohort(): Cohort;
}

/**
 * Simulates coded events of intensive-care stays in three tables named as in eICU (lab, medication, infusiondrug).
 *
 * A latent severity, AR(1) over steps around a hospital's mean, drives laboratory values (lognormal, each with a reference range and a
 * flag), how often blood is drawn (bursts of a panel's items in one minute), which infusions run and how fast (weight is
 * constant in a stay), drug orders, and death. The grid is made out of the events.
 *
 * Equal parameters and seed give equal bytes on the same kind of processor.
 *
 * @throws InputError on wrong parameters
 */
export function simulateEvents(
  parameters: EventSimulationParameters,
  seed: number,
  place?: string,
): EventSimulation {
  const world = plantEventWorld(parameters, seed, place);
  const schema = simulatedEventSchema(world);
  return { world, schema, truth: eventTruthOf(world), cohort: () => drawEventStays(world, schema) };
}

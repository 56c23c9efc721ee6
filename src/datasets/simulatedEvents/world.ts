import { z } from 'zod';

import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import { normalQuantile } from '../simulated/gaussian.js';
import { apportion, hospitalsLikePublished } from '../simulated/publishedHospitals.js';

/** Parameters of the event simulator. */
export const eventSimulationSchema = z.strictObject({
  hospitals: z.int().min(1).max(100).default(4).describe('Number of hospitals, unlike in size and case mix.'),
  patients: z.int().min(1).default(600).describe('Stays in all, each of another patient.'),
  steps: z.int().min(1).max(240).default(12).describe('Steps of the time grid.'),
  stepHours: z.number().gt(0).max(24).default(1).describe('Hours of a step.'),
  siteShift: z
    .number()
    .min(0)
    .max(2)
    .default(0.4)
    .describe('Case mix: hospital means of the severity are normal quantiles times this.'),
  rho: z.number().min(0).lt(1).default(0.9).describe('Autocorrelation of the severity over one step.'),
  draws: z.number().gt(0).max(5).default(0.12).describe('Laboratory draws an hour at severity 0.'),
  drawSeverity: z.number().min(-1).max(1).default(0.4).describe('Log rate of draws per unit of severity.'),
  charting: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Share of steps in which a running infusion is charted.'),
  itemMissing: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.05)
    .describe('Share of a drawn panel’s items that are not reported.'),
  resultMissing: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.02)
    .describe('Share of reported items without a result.'),
  labelStrength: z
    .number()
    .min(0)
    .max(10)
    .default(1.5)
    .describe('Log odds of death per unit of the mean severity.'),
  ageEffect: z.number().min(-5).max(5).default(0.4).describe('Log odds of death per sd of age.'),
  labelIntercept: z
    .number()
    .min(-20)
    .max(20)
    .default(-2)
    .describe('Log odds of death at severity and age 0.'),
});

export type EventSimulationParameters = z.input<typeof eventSimulationSchema>;

export interface EventHospital {
  readonly id: string;
  readonly patients: number;
  /** Mean of its stays' severity. */
  readonly severity: number;
}

/** Everything that is planted. */
export interface EventWorld {
  readonly options: z.output<typeof eventSimulationSchema>;
  readonly seed: number;
  readonly hospitals: readonly EventHospital[];
  readonly age: { readonly mean: number; readonly sd: number };
  /** Share of men. */
  readonly male: number;
  /** Log weight (kg) is normal with this median and spread. */
  readonly weight: { readonly median: number; readonly spread: number };
  /** Sd of the log rate of an infusion at a given severity. */
  readonly rateSpread: number;
}

/** Checks parameters and settles the hospitals. @throws InputError on wrong ones */
export function plantEventWorld(parameters: unknown, seed: number, file = 'simulated-events'): EventWorld {
  const parsed = eventSimulationSchema.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, eventSimulationSchema, parameters, file);
  const options = parsed.data;
  if (options.patients < options.hospitals)
    throw new InputError({
      file,
      place: 'patients',
      expected: `at least one patient for each of ${options.hospitals} hospitals`,
      found: `${options.patients}`,
      remedy: 'Raise `patients` or lower `hospitals`.',
    });
  const sized = apportion(hospitalsLikePublished(options.hospitals), options.patients);
  const middle = (index: number): number => (index + 0.5) / options.hospitals;
  return {
    options,
    seed,
    hospitals: sized.map(({ id, patients }, index) => ({
      id,
      patients,
      severity: options.hospitals === 1 ? 0 : options.siteShift * normalQuantile(middle(index)),
    })),
    age: { mean: 63, sd: 15 },
    male: 0.55,
    weight: { median: 80, spread: 0.2 },
    rateSpread: 0.25,
  };
}

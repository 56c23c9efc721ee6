import { z } from 'zod';

import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import { apportion, hospitalsLikePublished, type SimulatedHospital } from './publishedHospitals.js';

const hospital = z.strictObject({
  id: z.string().min(1),
  patients: z.int().min(1),
  deathRate: z.number().min(0.001).max(0.999),
});

/** Parameters of the simulator; each has the default of the reconstruction's simulation set-up. */
export const simulationSchema = z.strictObject({
  hospitals: z
    .union([z.int().min(1).max(1000), z.array(hospital).min(1).max(1000)])
    .default(12)
    .describe('Number of hospitals with the published sizes and death rates, or a list of your own.'),
  patients: z.int().min(1).optional().describe('Stays in all, in proportion to the sizes.'),
  scale: z
    .number()
    .gt(0)
    .max(1000)
    .default(1)
    .describe('Factor on all sizes, where `patients` is not given.'),
  steps: z.int().min(1).max(1000).default(6).describe('Steps of the time grid.'),
  stepHours: z.number().gt(0).default(12),
  shortestStay: z
    .int()
    .min(1)
    .optional()
    .describe('Stays last this many to all steps, each length as likely; all steps by default.'),
  factors: z.int().min(1).max(64).default(12).describe('Latent factors R.'),
  rho: z.number().min(0).lt(1).default(0.8).describe('Autocorrelation of the factors over one step.'),
  eta: z
    .number()
    .min(0)
    .max(3)
    .default(0.6)
    .describe('Site shift: sd of the hospital means of the factors; 0.3, 0.6, 1.5 = low, medium, high.'),
  drugs: z
    .int()
    .min(0)
    .max(1000)
    .default(24)
    .describe('Binary drug features; 237 in the layout of FedWeight.'),
  drugDensity: z
    .tuple([z.number().gt(0).lt(1), z.number().gt(0).lt(1)])
    .default([0.05, 0.15])
    .describe('Each drug is given in a share of all steps drawn from this interval.'),
  shiftedDrugs: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('Share of drugs that hospitals use differently.'),
  drugShift: z
    .number()
    .min(0)
    .max(3)
    .default(0.5)
    .describe("Sd of a shifted drug's intercept, in probit units."),
  severityMissingness: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe('Correlation between severity and the propensity to measure; 0 = missing at random.'),
  completeMeasurements: z.boolean().default(false).describe('Measure everything at every step.'),
  labelStrength: z.number().min(0).max(10).default(1.5).describe('Log odds of death per sd of severity.'),
  ageEffect: z.number().min(-5).max(5).default(0.4).describe('Log odds of death per sd of age.'),
});

export type SimulationParameters = z.input<typeof simulationSchema>;

/** Parameters with defaults filled in and sizes settled. */
export interface SimulationOptions extends Omit<
  z.output<typeof simulationSchema>,
  'hospitals' | 'patients' | 'scale' | 'shortestStay'
> {
  readonly hospitals: readonly SimulatedHospital[];
  readonly shortestStay: number;
}

/**
 * Checks parameters and settles the hospitals.
 *
 * @throws InputError on unknown names, values out of range, equal hospital ids, or fewer patients than hospitals
 */
export function simulationOptions(parameters: unknown, file = 'simulated'): SimulationOptions {
  const parsed = simulationSchema.safeParse(parameters);
  if (!parsed.success) throw documentFault(parsed.error, simulationSchema, parameters, file);
  const { hospitals: wanted, patients, scale, shortestStay, ...rest } = parsed.data;
  const fail = (place: string, expected: string, found: string, remedy: string): never => {
    throw new InputError({ file, place, expected, found, remedy });
  };
  const unscaled = typeof wanted === 'number' ? hospitalsLikePublished(wanted) : wanted;
  const ids = unscaled.map(({ id }) => id);
  if (new Set(ids).size !== ids.length)
    fail('hospitals', 'different ids', 'an id twice', 'Rename one of them.');
  if (patients !== undefined && patients < unscaled.length)
    fail(
      'patients',
      `at least one patient for each of ${unscaled.length} hospitals`,
      `${patients}`,
      'Ask for more patients or fewer hospitals.',
    );
  if (rest.drugDensity[0] > rest.drugDensity[1])
    fail(
      'drugDensity',
      '[low, high] with low ≤ high',
      JSON.stringify(rest.drugDensity),
      'Put the lower bound first.',
    );
  if (shortestStay !== undefined && shortestStay > rest.steps)
    fail('shortestStay', `at most ${rest.steps} steps`, `${shortestStay}`, 'Lower it, or raise `steps`.');
  const hospitals =
    patients === undefined
      ? unscaled.map((one) => ({ ...one, patients: Math.max(1, Math.round(scale * one.patients)) }))
      : apportion(unscaled, patients);
  return {
    ...rest,
    hospitals: [...hospitals].sort((a, b) => (a.id < b.id ? -1 : 1)),
    shortestStay: shortestStay ?? rest.steps,
  };
}

import { z } from 'zod';

const distance = z
  .enum(['w2', 'kl', 'mmd'])
  .describe("Distance of a hospital's latents from all hospitals'.");
const covariance = z
  .enum(['diagonal', 'full'])
  .describe('Whether latents are compared by variances or by full covariances, which hospitals release then.')
  .default('diagonal');

/** Options of every rule that works on parameter vectors as they are, with defaults; by rule id. */
export const ruleOptions = {
  fedavg: z.object({}),
  fedprox: z.object({
    mu: z.number().min(0).max(100).describe('FedProx: factor μ of the proximal term.').default(0.01),
  }),
  scaffold: z.object({}),
  fednova: z.object({}),
  'coordinate-median': z.object({}),
  'trimmed-mean': z.object({
    share: z
      .number()
      .min(0)
      .lt(0.5)
      .describe('Trimmed mean: share of hospitals cut at either end.')
      .default(0.2),
  }),
  'dp-fedavg': z.object({
    clip: z.number().positive().describe("Largest norm of a hospital's update.").default(1),
    noise: z
      .number()
      .positive()
      .max(1000)
      .describe('Noise multiplier: standard deviation of the noise on the sum of updates, over `clip`.')
      .default(1),
    delta: z.number().gt(0).lt(1).describe('δ at which ε is reported.').default(1e-5),
  }),
  'distribution-aware': z.object({
    lambda: z
      .number()
      .min(-10)
      .max(10)
      .describe('Strength: 0 is FedAvg, positive favours typical hospitals, negative atypical ones.')
      .default(1),
    distance: distance.default('w2'),
    covariance,
  }),
  feddisco: z.object({
    a: z.number().min(0).max(10).describe('Factor on the share of distances.').default(0.5),
    b: z.number().min(-1).max(10).describe('Added to every weight.').default(0.1),
    distance: distance.default('kl'),
    covariance,
  }),
  fedweight: z.object({
    lambda: z
      .number()
      .min(-10)
      .max(10)
      .describe("Strength: 0 is FedAvg, positive favours stays that look like all hospitals' ones.")
      .default(1),
  }),
} as const satisfies Record<string, z.ZodObject>;

export type VectorRule = keyof typeof ruleOptions;

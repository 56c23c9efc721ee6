import { z } from 'zod';
import type { RunManifest } from '../run/contract.js';

/** A metric that a comparison was planned for, with the largest difference that does not matter. */
export interface PrimaryMetric {
  readonly metric: string;
  readonly margin: number;
}

/** Primary metrics of suites that declare none (a choice, made before any run). */
export const PRIMARY_METRICS: readonly PrimaryMetric[] = [
  { metric: 'utility.tstr_auroc', margin: 0.02 },
  { metric: 'marginal.prevalence_r2', margin: 0.02 },
  { metric: 'joint.discriminator_auroc', margin: 0.03 },
];

const declared = z.object({
  primary: z
    .array(z.object({ metric: z.string(), margin: z.number().gt(0) }))
    .min(1)
    .optional(),
});

/** The primary metrics that a run's suite declares under `primary`, else `PRIMARY_METRICS`. */
export function primaryMetricsOf({ config }: Pick<RunManifest, 'config'>): readonly PrimaryMetric[] {
  return declared.parse(config).primary ?? PRIMARY_METRICS;
}

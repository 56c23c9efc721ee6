import { z } from 'zod';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error:
      'a name of letters, digits, dot, dash or underscore, at most 64 characters, not starting with a dot',
  })
  .refine((text) => !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i.test(text), {
    error: 'a name that every system can give a folder (not con, nul, …, and no dot at its end)',
  });
const fraction = z.number().gt(0).lt(1);
const positive = z.int().min(1);
const parameterTree = z.record(z.string(), z.unknown());

const dataset = z.strictObject({
  id: z.string().min(1).optional().describe('A shipped dataset, see `fedehr datasets`.'),
  parameters: parameterTree
    .optional()
    .describe('What a shipped dataset lets choose, e.g. { partition: region }, or the simulator takes.'),
  path: z.string().min(1).optional().describe('A cohort folder, relative to the suite file.'),
  patientsPerHospital: positive
    .optional()
    .describe('Take at most this many patients of each hospital, drawn by seed.'),
  steps: positive.optional().describe('Keep the first steps of the grid only.'),
  label: z
    .string()
    .min(1)
    .optional()
    .describe('Label that utility metrics predict; the first label by default.'),
});

const trainer = z.strictObject({
  id: z.string().min(1).describe('A trainer, see `fedehr trainers`.'),
  variant: name.default('default').describe('Name of this configuration in tables.'),
  parameters: parameterTree.default({}).describe("The trainer's own parameters, see `fedehr trainers <id>`."),
  matrix: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .optional()
    .describe('Crosses parameter values into variants: dotted parameter path → values.'),
});

/** A suite file: which cohorts, generators, seeds and metrics make one run. */
export const suiteSchema = z.strictObject({
  name,
  datasets: z.array(dataset).min(1),
  split: z
    .strictObject({
      train: fraction.default(0.6),
      holdout: fraction.default(0.2),
      reference: fraction.default(0.2),
      by: z.literal('patient').default('patient'),
      seed: z.int().min(0).default(0),
    })
    .default({ train: 0.6, holdout: 0.2, reference: 0.2, by: 'patient', seed: 0 }),
  trainers: z.array(trainer).default([]),
  references: z.array(z.string().min(1)).default(['copy', 'holdout', 'marginals']),
  seeds: z.array(z.int().min(0)).min(1).default([0]),
  synthetic: z
    .strictObject({ size: z.union([z.literal('train'), positive]).default('train') })
    .default({ size: 'train' }),
  metrics: z
    .union([z.enum(['fast', 'full', 'privacy', 'paper']), z.array(z.string().min(1)).min(1)])
    .default('fast'),
  resamples: z.int().min(10).max(10_000).optional(),
  metricTimeout: z
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe(
      'Seconds after which one metric at one site is stopped; its state is then timed-out, and the rest goes on.',
    ),
  primary: z
    .array(
      z.strictObject({
        metric: z.string().min(1),
        margin: z
          .number()
          .gt(0)
          .describe('Largest difference that does not matter, in the unit of the metric.'),
      }),
    )
    .min(1)
    .optional()
    .describe(
      'Metrics that comparisons are planned for; tests are corrected over them. By default TSTR AUROC, prevalence R², discriminator.',
    ),
});

export type Suite = z.infer<typeof suiteSchema>;
export type SuiteDataset = z.infer<typeof dataset>;
export type SuiteTrainer = z.infer<typeof trainer>;

import { readFileSync } from 'node:fs';
import { z } from 'zod';

const numbers = z.array(z.number());
const expected = z.object({
  auprc: z.number(),
  brier: z.number(),
  inTheLarge: z.number(),
  slope: z.number().nullable(),
  intercept: z.number().nullable(),
});

const schema = z.object({
  scores: z.array(
    z.object({ name: z.string(), p: numbers, y: numbers, w: numbers, plain: expected, weighted: expected }),
  ),
  clustered: z.array(
    z.object({
      name: z.string(),
      scorings: z.array(numbers),
      y: numbers,
      patient: numbers,
      value: z.number(),
      standardError: z.number(),
    }),
  ),
  ridge: z.array(
    z.object({
      columns: z.number(),
      lambda: z.number(),
      design: numbers,
      target: numbers,
      intercept: z.number(),
      weights: numbers,
    }),
  ),
});

const boostingSchema = z.array(
  z.object({
    planted: z.string(),
    trees: z.number(),
    leaves: z.number(),
    coarse: numbers,
    auroc: z.number(),
    logLoss: z.number(),
  }),
);

const rows = z.array(z.array(z.array(z.number().nullable())));

const tasksSchema = z.object({
  nextStep: z.array(
    z.object({
      name: z.string(),
      kinds: z.array(z.enum(['continuous', 'binary'])),
      train: rows,
      holdout: rows,
      synthetic: rows,
      expected: z.object({
        mae: numbers,
        maeStandardError: z.number(),
        auroc: z.array(z.number().nullable()),
        aurocStandardError: z.number(),
      }),
    }),
  ),
  importance: z.array(
    z.object({
      groups: z.array(numbers),
      columns: z.number(),
      values: z.array(z.number().nullable()),
      y: numbers,
      weights: z.array(numbers),
      orders: z.array(numbers),
      importances: z.array(numbers),
      spearman: z.number(),
    }),
  ),
});

/** A fixture of the utility metrics, made by the script of the same name beside it. */
export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/metrics/utility/${name}`, import.meta.url), 'utf8'));
}

/** What numpy, scipy and scikit-learn say of scores on a test side. */
export const scoreFixture = schema.parse(readFixture('scores.json'));
/** What scikit-learn's histogram gradient boosting reaches on the planted data. */
export const boostingFixture = boostingSchema.parse(readFixture('boosting.json'));
/** Next-step scores and permutation importances by numpy, scipy and scikit-learn. */
export const tasksFixture = tasksSchema.parse(readFixture('tasks.json'));

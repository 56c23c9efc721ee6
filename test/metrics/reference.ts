import { readFileSync } from 'node:fs';
import { z } from 'zod';

const numbers = z.array(z.number());
const rows = z.array(z.array(z.array(z.number().nullable())));

const schema = z.object({
  twoSample: z.array(
    z.object({ name: z.string(), a: numbers, b: numbers, ks: z.number(), wasserstein: z.number() }),
  ),
  weightedTwoSample: z.array(
    z.object({ a: numbers, b: numbers, wa: numbers, wb: numbers, ks: z.number(), wasserstein: z.number() }),
  ),
  auroc: z.array(
    z.object({
      name: z.string(),
      positives: numbers,
      negatives: numbers,
      auroc: z.number(),
      delongAuroc: z.number(),
      delongSe: z.number(),
      ranks: numbers,
      grid: numbers,
      tpr: numbers,
    }),
  ),
  normal: z.object({ p: numbers, z: numbers }),
  wilson: z.array(z.object({ k: z.number(), n: z.number(), low: z.number(), high: z.number() })),
  cohorts: z.array(
    z.object({
      name: z.string(),
      lags: z.number(),
      train: rows,
      holdout: rows,
      synthetic: rows,
      expected: z.record(z.string(), z.number().nullable()),
      summaryOfSynthetic: z.array(z.array(z.number().nullable())),
      trainToSynthetic: numbers,
      holdoutToSynthetic: numbers,
    }),
  ),
  logistic: z.array(
    z.object({
      columns: z.number(),
      lambda: z.number(),
      design: numbers,
      outcome: numbers,
      intercept: z.number(),
      weights: numbers,
    }),
  ),
});

const forestSchema = z.array(
  z.object({
    planted: z.string(),
    rows: z.number(),
    columns: z.number(),
    values: numbers,
    outcome: numbers,
    auroc: z.number(),
    sd: z.number(),
  }),
);

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/metrics/${name}`, import.meta.url), 'utf8'));
}

/** What numpy, scipy and scikit-learn say; written by make_fixtures.py beside the file. */
export const reference = schema.parse(read('reference.json'));
/** Planted data and scikit-learn's AUROC on the second half of the rows. */
export const plantedData = forestSchema.parse(read('forest.json'));

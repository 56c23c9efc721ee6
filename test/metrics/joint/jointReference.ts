import { readFileSync } from 'node:fs';
import { z } from 'zod';

const numbers = z.array(z.number());

const schema = z.object({
  mmd: z.array(
    z.object({
      name: z.string(),
      width: z.number(),
      a: numbers,
      b: numbers,
      ownerA: numbers,
      ownerB: numbers,
      median: z.number(),
      mmd: z.number(),
      jackknife: z.number().nullable(),
    }),
  ),
  cohorts: z.array(z.object({ name: z.string(), expected: z.record(z.string(), z.number().nullable()) })),
});

/** What numpy says about the cohorts of reference.json; written by make_joint.py beside the file. */
export const jointReference = schema.parse(
  JSON.parse(readFileSync(new URL('../../fixtures/metrics/joint/joint.json', import.meta.url), 'utf8')),
);

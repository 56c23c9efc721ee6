import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { random } from '../../../src/engine/random.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { cohortOf } from '../simulatedCohort.js';

const rows = z.array(z.array(z.array(z.number().nullable())));
const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const schema = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      train: rows,
      holdout: rows,
      reference: rows,
      synthetic: rows,
      expected: z.array(
        z.object({
          id: z.string(),
          parameters,
          value: z.number().nullable(),
          // Distances themselves come from float32 coordinates; shares and ranks do not feel that.
          tolerance: z.number().default(1e-9),
        }),
      ),
    }),
  ),
});
const fixture = schema.parse(
  JSON.parse(
    readFileSync(new URL('../../fixtures/metrics/privacy/attacks.json', import.meta.url), 'utf8'),
  ) as unknown,
);

describe.each(fixture.cases)('privacy metrics against numpy and scikit-learn: $name', (one) => {
  const [train, holdout, reference, synthetic] = [one.train, one.holdout, one.reference, one.synthetic].map(
    (stays, role) => {
      const cohort = cohortOf(stays);
      return { ...cohort, patients: cohort.patients.map((id) => `${role}-${id}`) };
    },
  );
  const inputs = {
    train: train!,
    holdout: holdout!,
    reference: reference!,
    synthetic: synthetic!,
    label: null,
    resamples: 0,
  };

  it.each(one.expected)('$id $parameters = $value', async (expected) => {
    const result = await metricNamed(expected.id).compute(inputs, expected.parameters, random('fixture'));
    if (expected.value === null) expect(result.state).toBe('undefined');
    else {
      if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
      expect(Math.abs(result.value - expected.value)).toBeLessThan(expected.tolerance);
    }
  });
});

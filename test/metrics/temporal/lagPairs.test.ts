import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { random } from '../../../src/engine/random.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { cohortOf } from '../simulatedCohort.js';

const rows = z.array(z.array(z.array(z.number().nullable())));
const schema = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      train: rows,
      holdout: rows,
      synthetic: rows,
      againstHoldout: z.number(),
      againstTrain: z.number(),
    }),
  ),
});
const fixture = schema.parse(
  JSON.parse(
    readFileSync(new URL('../../fixtures/metrics/temporal/pairs.json', import.meta.url), 'utf8'),
  ) as unknown,
);

describe.each(fixture.cases)('temporal.lag_pair_mmd against numpy: $name', (one) => {
  const [train, holdout, synthetic] = [one.train, one.holdout, one.synthetic].map((stays) => cohortOf(stays));
  const inputs = {
    train: train!,
    holdout: holdout!,
    synthetic: synthetic!,
    reference: null,
    label: null,
    resamples: 0,
  };

  it.each([
    ['holdout', one.againstHoldout],
    ['train', one.againstTrain],
  ])('against %s = %d', async (against, expected) => {
    const result = await metricNamed('temporal.lag_pair_mmd').compute(inputs, { against }, random('fixture'));
    if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
    expect(Math.abs(result.value - expected)).toBeLessThan(1e-9);
  });
});

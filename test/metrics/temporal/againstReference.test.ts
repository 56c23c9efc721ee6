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
      kinds: z.array(z.enum(['continuous', 'binary'])),
      real: rows,
      synthetic: rows,
      labelOfReal: z.array(z.number()),
      labelOfSynthetic: z.array(z.number()),
      expected: z.array(z.object({ id: z.string(), parameters, value: z.number().nullable() })),
    }),
  ),
});
const fixture = schema.parse(
  JSON.parse(
    readFileSync(new URL('../../fixtures/metrics/temporal/courses.json', import.meta.url), 'utf8'),
  ) as unknown,
);

describe.each(fixture.cases)('temporal metrics against numpy and scipy: $name', (one) => {
  const real = cohortOf(one.real, { kinds: one.kinds, label: one.labelOfReal });
  const synthetic = cohortOf(one.synthetic, { kinds: one.kinds, label: one.labelOfSynthetic });
  const inputs = { train: real, holdout: real, reference: null, synthetic, label: 'y', resamples: 0 };

  it.each(one.expected)('$id $parameters = $value', async (expected) => {
    const result = await metricNamed(expected.id).compute(inputs, expected.parameters, random('fixture'));
    if (expected.value === null) expect(result.state).toBe('undefined');
    else {
      if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
      expect(Math.abs(result.value - expected.value)).toBeLessThan(1e-9);
    }
  });
});

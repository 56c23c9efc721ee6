import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import type { MetricInputs } from '../../src/metrics/contract.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { mixedCohort, readMixedFixture } from './mixedCohort.js';

describe.each(['marginal/marginal.json', 'pairwise/pairwise.json'])('%s by numpy and scipy', (file) => {
  const fixture = readMixedFixture(file);

  describe.each(fixture.cohorts)('$name', (cohorts) => {
    const inputs: MetricInputs = {
      train: mixedCohort(fixture, cohorts.train),
      holdout: mixedCohort(fixture, cohorts.holdout),
      synthetic: mixedCohort(fixture, cohorts.synthetic),
      reference: null,
      label: null,
      resamples: 0,
    };

    it.each(cohorts.expected)('$metric $parameters = $value', async (expected) => {
      const result = await metricNamed(expected.metric).compute(
        inputs,
        expected.parameters,
        random('unused'),
      );
      if (expected.value === null) expect(result.state).toBe('undefined');
      else {
        if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
        expect(Math.abs(result.value - expected.value)).toBeLessThan(1e-9);
        const squared = expected.squaredPearson ?? null;
        if (squared !== null)
          expect(Math.abs(Number(result.detail?.['squaredPearson']) - squared)).toBeLessThan(1e-9);
      }
    });
  });
});

import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { reference } from '../reference.js';
import { cohortOf } from '../simulatedCohort.js';
import { jointReference } from './jointReference.js';

describe.each(jointReference.cohorts)('joint metrics against numpy: $name', ({ name, expected }) => {
  const fixture = reference.cohorts.find((cohort) => cohort.name === name)!;
  const inputs = {
    train: cohortOf(fixture.train),
    holdout: cohortOf(fixture.holdout),
    reference: null,
    synthetic: cohortOf(fixture.synthetic),
    label: null,
    resamples: 0,
  };

  it.each(Object.entries(expected))('%s = %s', async (key, value) => {
    const [id, against, space] = key.split(' ') as [string, string, string | undefined];
    const parameters = { against, ...(space === undefined ? {} : { space }) };
    const result = await metricNamed(id).compute(inputs, parameters, random('unused'));
    if (value === null) expect(result.state).toBe('undefined');
    else {
      if (result.state !== 'ok') throw new Error(`${result.state} ${result.reason}`);
      expect(Math.abs(result.value - value)).toBeLessThan(1e-9);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import type { MetricInputs, MetricParameters } from '../../src/metrics/contract.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { patientSummary } from '../../src/metrics/patientSummary.js';
import { nearestStays } from '../../src/metrics/privacy/nearestStays.js';
import { reference } from './reference.js';
import { cohortOf } from './simulatedCohort.js';

const PARAMETERS: Readonly<Record<string, MetricParameters>> = {
  'pairwise.correlation_gap': { minJoint: 5 },
  'temporal.acf_gap': { minPairs: 3 },
  'temporal.mask_transition': { minVisits: 3 },
};

describe.each(reference.cohorts)('metrics against numpy, scipy and scikit-learn: $name', (fixture) => {
  const inputs: MetricInputs = {
    train: cohortOf(fixture.train),
    holdout: cohortOf(fixture.holdout),
    reference: null,
    synthetic: cohortOf(fixture.synthetic),
    label: null,
    resamples: 0,
  };

  it.each(Object.entries(fixture.expected))('%s = %s', async (id, expected) => {
    const result = await metricNamed(id).compute(inputs, PARAMETERS[id] ?? {}, random('unused'));
    if (expected === null) expect(result.state).toBe('undefined');
    else {
      if (result.state !== 'ok') throw new Error(result.state);
      expect(Math.abs(result.value - expected)).toBeLessThan(1e-9);
    }
  });

  it('patient summary', () => {
    const { values, columns } = patientSummary(inputs.synthetic);
    fixture.summaryOfSynthetic.flat().forEach((expected, i) => {
      if (expected === null) expect(values[i], columns[i % columns.length]).toBeNaN();
      else expect(Math.abs(values[i]! - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    });
  });

  it('Gower distances to the nearest synthetic stay', () => {
    const nearest = nearestStays(inputs.synthetic, inputs.train, inputs.holdout);
    nearest.trainToSynthetic.forEach((d, i) => expect(d).toBeCloseTo(fixture.trainToSynthetic[i]!, 6));
    nearest.holdoutToSynthetic.forEach((d, i) => expect(d).toBeCloseTo(fixture.holdoutToSynthetic[i]!, 6));
  });
});

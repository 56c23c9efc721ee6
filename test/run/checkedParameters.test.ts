import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { checkedParameters } from '../../src/run/planSuite.js';

function faultOf(trainer: string, parameters: Record<string, unknown>): InputError['fault'] {
  try {
    checkedParameters(trainer, parameters, 'suite.yaml');
  } catch (error) {
    if (error instanceof InputError) return error.fault;
    throw error;
  }
  throw new Error('the parameters were accepted');
}

describe('impossible parameters are input errors with their path', () => {
  it.each([
    [{ tcvae: { round: 3 } }, 'tcvae.round', /^one of the keys rounds, /, /Did you mean "rounds"\?/],
    [{ matching: { sweep: 3 } }, 'matching.sweep', /^one of the keys rule, /, /Did you mean "sweeps"\?/],
    [{ weigthing: {} }, 'weigthing', /weighting/, /Did you mean "weighting"\?/],
    [{ tcvae: { betaSchedule: 'cyclic' } }, 'tcvae.betaSchedule', /"linear" \| "cyclical"/, /"cyclical"/],
    [{ autoencoder: { latents: 5000 } }, 'autoencoder.latents', /^number to be <=4096$/, /Correct/],
    [{ autoencoder: { batch: 1e9 } }, 'autoencoder.batch', /^number to be <=65536$/, /Correct/],
    [{ tcvae: { rounds: 0 } }, 'tcvae.rounds', /^number to be >=1$/, /Correct/],
    [{ preprocessing: { conditionBins: 0 } }, 'preprocessing.conditionBins', /^number to be >=1$/, /Correct/],
    [{ tcvae: { localEpochs: 1.5 } }, 'tcvae.localEpochs', /^int$/, /Correct/],
    [{ autoencoder: { learningRate: 'fast' } }, 'autoencoder.learningRate', /^number$/, /Correct/],
    [{ alarms: { collapse: 'ignore' } }, 'alarms.collapse', /"warn" \| "stop"/, /Known|mean/],
  ])('%j', (parameters, place, expected, remedy) => {
    const fault = faultOf('fedehr-gen', parameters);
    expect(fault.file).toBe('suite.yaml, parameters of fedehr-gen');
    expect(fault.place).toBe(place);
    expect(fault.expected).toMatch(expected);
    expect(fault.remedy).toMatch(remedy);
  });
});

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
    [
      { matching: { mu: 0.1 } },
      'matching.mu',
      /^no `mu` with the rule "matched-hungarian": .* fedprox$/,
      /Correct/,
    ],
    [
      { weighting: { rule: 'fedavg', lambda: 1 } },
      'weighting.lambda',
      /distribution-aware, fedweight$/,
      /Correct/,
    ],
    [
      { weighting: { rule: 'trimmed-mean', share: 0.5 } },
      'weighting.share',
      /^number to be <0\.5$/,
      /Correct/,
    ],
    [{ weighting: { rule: 'feddisko' } }, 'weighting.rule', /"feddisco"/, /Did you mean "feddisco"\?/],
    [{ weighting: { lamda: 1 } }, 'weighting.lamda', /lambda/, /Did you mean "lambda"\?/],
    [
      { initialisation: 'independent', matching: { rule: 'dp-fedavg' } },
      'matching.rule',
      /^no `dp-fedavg` with `initialisation: independent`/,
      /Correct/,
    ],
    [{ alarms: { collapse: 'ignore' } }, 'alarms.collapse', /"warn" \| "stop"/, /Known|mean/],
  ])('%j', (parameters, place, expected, remedy) => {
    const fault = faultOf('fedehr-gen', parameters);
    expect(fault.file).toBe('suite.yaml, parameters of fedehr-gen');
    expect(fault.place).toBe(place);
    expect(fault.expected).toMatch(expected);
    expect(fault.remedy).toMatch(remedy);
  });
});

describe('options of aggregation rules', () => {
  it('are filled in for the chosen rule only, and stay as they are when read again', () => {
    const checked = checkedParameters('fedehr-gen', { weighting: { rule: 'feddisco', a: 1 } }, 'suite.yaml');
    expect(checked).toMatchObject({
      matching: { rule: 'matched-hungarian', sweeps: 5 },
      weighting: { rule: 'feddisco', a: 1, b: 0.1, distance: 'kl', covariance: 'diagonal' },
    });
    expect(checked['weighting']).not.toHaveProperty('lambda');
    expect(checkedParameters('fedehr-gen', checked, 'suite.yaml')).toEqual(checked);
    expect(checkedParameters('fedprox', {}, 'suite.yaml')).toMatchObject({ mu: 0.01 });
  });
});

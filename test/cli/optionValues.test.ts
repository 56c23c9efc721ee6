import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { metricsOf } from '../../src/metrics/selection.js';
import { parseMetricIds, parseOnly, parseResamples } from '../../src/cli/optionValues.js';
import { parseSelection } from '../../src/cli/presetOption.js';

describe('--only', () => {
  it('keeps an equals sign inside a dataset’s name, as names of partitions have one', () => {
    expect(parseOnly('dataset=physionet2019-partition=hospital_unit,trainer=fedavg')).toEqual({
      datasets: ['physionet2019-partition=hospital_unit'],
      trainers: ['fedavg'],
    });
  });

  it.each(['fedavg', 'trainer=', 'site=A'])('refuses %j', (text) => {
    expect(() => parseOnly(text)).toThrow(InputError);
  });
});

describe('--resamples', () => {
  it('takes two or more: one has no spread', () => {
    expect(parseResamples('2')).toBe(2);
    for (const text of ['1', '0', '-3', '2.5', ''])
      expect(() => parseResamples(text)).toThrow('--resamples: expected a whole number of at least 2');
  });
});

describe('--metrics', () => {
  it('is a list of ids', () => {
    expect(parseMetricIds('marginal.ks, temporal.acf_gap')).toEqual(['marginal.ks', 'temporal.acf_gap']);
  });

  it('of a run is a preset or ids; a misspelt preset is answered as an id', () => {
    expect(parseSelection('full')).toBe('full');
    expect(parseSelection('marginal.ks')).toEqual(['marginal.ks']);
    expect(() => metricsOf(parseSelection('ful'))).toThrow('found "ful"');
  });

  it.each([
    ['', /ids of metrics, separated by commas, found none/],
    ['marginal.ks,', /found an empty place in 'marginal\.ks,'/],
  ])('says that in %j there is an empty place', (text, pattern) => {
    expect(() => parseMetricIds(text)).toThrow(pattern);
  });

  it.each([
    ['marginal.kss', 'Did you mean "marginal.ks"? `fedehr metrics` lists them.'],
    ['acf_gapp', 'Did you mean "temporal.acf_gap"? `fedehr metrics` lists them.'],
    ['sharpness', 'found "sharpness". `fedehr metrics` lists them.'],
  ])('answers %s in one short sentence', (id, end) => {
    const failure = ((): unknown => {
      try {
        return metricsOf([id]);
      } catch (error) {
        return error;
      }
    })() as InputError;
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message.endsWith(end), failure.message).toBe(true);
    expect(failure.message.length).toBeLessThan(150);
  });
});

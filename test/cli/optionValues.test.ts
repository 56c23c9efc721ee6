import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { metricsOf } from '../../src/metrics/selection.js';
import { parseMetricIds, parseOnly, parseResamples } from '../../src/cli/optionValues.js';
import { describeCommand } from '../../src/cli/describe.js';
import { ingestCommand } from '../../src/cli/ingest.js';
import { parseSelection } from '../../src/cli/presetOption.js';
import { reportCommand } from '../../src/cli/report.js';
import { runCommand } from '../../src/cli/run.js';
import { sampleCommand } from '../../src/cli/sample.js';
import { scoreCommand } from '../../src/cli/score.js';
import { trainCommand } from '../../src/cli/train.js';
import { openStore } from '../../src/run/openStore.js';

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

describe('--out', () => {
  it.each([
    [runCommand, ['suites/quick.yaml']],
    [scoreCommand, ['--real', 'r', '--holdout', 'h', '--synthetic', 's']],
    [reportCommand, ['nowhere']],
    [reportCommand, ['nowhere', 'elsewhere']],
    [trainCommand, ['fedavg', '--dataset', 'physionet2019']],
    [sampleCommand, ['nowhere', '--stays', '5']],
    [ingestCommand, ['eicu', '--from', 'nowhere']],
    [describeCommand, ['eicu-demo']],
  ])('of $name with an empty name is refused, never taken for the current folder', async (command, args) => {
    const parsed = command().parseAsync([...args, '--out', ''], { from: 'user' });
    await expect(parsed).rejects.toBeInstanceOf(InputError);
    await expect(parsed).rejects.toThrow(
      /^'', --out: expected a folder that can be written, found an empty name/,
    );
  });
});

it('--store with an empty name is refused as well', () => {
  expect(() => openStore('')).toThrow(/--store: expected a folder that can be written, found an empty name/);
});

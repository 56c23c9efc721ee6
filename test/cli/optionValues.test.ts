import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { parseOnly } from '../../src/cli/optionValues.js';

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

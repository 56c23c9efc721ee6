import { describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { parseSuite } from '../../src/suite/readSuite.js';

const minimal = 'name: tiny\ndatasets: [{ id: physionet2019 }]\n';

function faultOf(text: string): InputError {
  try {
    parseSuite(text, 'suite.yaml');
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('the suite was accepted');
}

describe('parseSuite', () => {
  it('fills in every default', () => {
    const suite = parseSuite(minimal, 'suite.yaml');
    expect(suite.split).toEqual({ train: 0.6, holdout: 0.2, reference: 0.2, by: 'patient', seed: 0 });
    expect(suite.references).toEqual(['copy', 'holdout', 'marginals']);
    expect(suite.seeds).toEqual([0]);
    expect(suite.synthetic.size).toBe('train');
    expect(suite.metrics).toBe('fast');
  });

  it('names the line of broken YAML', () => {
    const error = faultOf('name: tiny\ndatasets: [{ id: a }\nseeds: [0]\n');
    expect(error.message).toContain('suite.yaml, line 3: expected valid YAML');
  });

  it('suggests the nearest key for an unknown one at the top', () => {
    const error = faultOf(`${minimal}seed: [0]\n`);
    expect(error.fault.place).toBe('line 3, seed');
    expect(error.message).toContain('Did you mean "seeds"?');
  });

  it('suggests the nearest key for an unknown one inside a list', () => {
    const error = faultOf('name: tiny\ndatasets:\n  - id: physionet2019\n    patientPerHospital: 3\n');
    expect(error.fault.place).toContain('line 4, datasets[0].patientPerHospital');
    expect(error.message).toContain('Did you mean "patientsPerHospital"?');
  });

  it('suggests the nearest key inside a section with a default', () => {
    expect(faultOf(`${minimal}split: { trian: 0.5 }\n`).message).toContain('Did you mean "train"?');
  });

  it.each([
    ['seeds: [-1]', 'seeds[0]'],
    ['seeds: []', 'seeds'],
    ['split: { train: 1.2 }', 'split.train'],
    ['metrics: fats', 'metrics'],
    ['name: ../escape', 'name'],
    ['trainers: [{ variant: a }]', 'trainers[0].id'],
  ])('names the place of %s', (line, place) => {
    const text = line.startsWith('name') ? `${line}\ndatasets: [{ id: a }]\n` : `${minimal}${line}\n`;
    expect(faultOf(text).fault.place).toContain(place);
  });

  it('refuses fractions that sum to more than one', () => {
    expect(faultOf(`${minimal}split: { train: 0.6, holdout: 0.3, reference: 0.2 }\n`).message).toContain(
      'a sum of 1.100',
    );
  });

  it('refuses a dataset with neither id nor path, and with both', () => {
    expect(faultOf('name: t\ndatasets: [{ steps: 3 }]\n').message).toContain('found neither');
    expect(faultOf('name: t\ndatasets: [{ id: a, path: b }]\n').message).toContain('found both');
  });

  it('says what is wrong with a key that is no text in its error alone, without a warning of the parser', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(faultOf(`${minimal}? { a: 1 }\n: 2\n`).message).toContain('expected');
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCohort } from '../../src/cohort/readCohort.js';
import { sampleCommand } from '../../src/cli/sample.js';
import { trainCommand } from '../../src/cli/train.js';
import { fedehr, start, type Finished } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

const tiny = [
  'autoencoder.rounds=1',
  'autoencoder.localEpochs=1',
  'autoencoder.hidden=8',
  'autoencoder.latents=4',
  'tcvae.rounds=1',
  'tcvae.localEpochs=1',
  'tcvae.hidden=8',
  'tcvae.decoderUnits=8',
  'tcvae.z=2',
  'sampling.calibrationStays=50',
].flatMap((setting) => ['--set', setting]);

let root: string;
let cohort: string;
let model: string;
let training: Finished;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-model-'));
  cohort = await writeTables(join(root, 'cohort'), smallTables(80));
  model = join(root, 'models', 'small');
  training = await fedehr(
    'train',
    'fedavg',
    '--train',
    cohort,
    '--label',
    'death',
    '--out',
    model,
    '--json',
    ...tiny,
  );
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const sample = (out: string, ...args: string[]): Promise<Finished> =>
  fedehr('sample', model, '--out', join(root, out), ...args);

/** The command inside this process; its wrong usage is thrown. */
const usage = (command: Command, ...args: string[]): Promise<unknown> =>
  command.exitOverride().parseAsync([...args, '--out', join(root, 'refused')], { from: 'user' });

describe('fedehr train', () => {
  it('writes a model folder and says what crossed the line', async () => {
    expect(training.stderr).toMatch(/^(warning: [^\n]*\n)*$/);
    expect(training.code).toBe(0);
    expect(JSON.parse(training.stdout)).toMatchObject({
      out: model,
      stays: 160,
      hospitals: ['north', 'south'],
      ledger: { epochs: { autoencoder: 1, tcvae: 1 } },
    });
    expect((await readdir(model)).sort()).toEqual(['ledger.json', 'model.json', 'weights.bin']);
  });

  it('ends with 1 and the reason when the training diverges, and writes nothing', async () => {
    const out = join(root, 'wild');
    const { code, stderr } = await fedehr(
      'train',
      'fedavg',
      '--train',
      cohort,
      '--out',
      out,
      ...tiny,
      '--set',
      'autoencoder.localEpochs=5',
      '--set',
      'autoencoder.learningRate=1e6',
      '--hospital-workers',
      '2',
    );
    expect(stderr).toMatch(/^fedehr: (the training of stage autoencoder diverged|hospital \w+ answered)/);
    expect(code).toBe(1);
    expect(await readdir(root)).not.toContain('wild');
  });

  it.each([
    [['fedavgg', '--train', 'C'], /Did you mean "fedavg"/],
    [['copy', '--train', 'C'], /kind generator/],
    [['fedavg'], /exactly one of them.*none/],
    [['fedavg', '--train', 'C', '--dataset', 'physionet2019'], /exactly one of them.*several/],
    [['fedavg', '--train', 'C', '--set', 'tcvae.round=3'], /--set.*tcvae\.round: .*Did you mean "rounds"/],
    [['fedavg', '--train', 'C', '--set', 'tcvae.rounds'], /--set: expected PARAMETER=VALUE/],
    [['fedavg', '--train', 'C', '--label', 'deth'], /Did you mean "death"/],
    [['fedavg', '--train', 'C', '--seed', '-1'], /--seed: expected a whole number/],
    [
      ['fedavg', '--suite', 'suites/quick.yaml', '--variant', 'other'],
      /fedavg\/default on physionet2019.*--variant/,
    ],
  ])('%j is wrong usage, told with a remedy', async (args, message) => {
    const given = args.map((arg) => (arg === 'C' ? cohort : arg));
    await expect(usage(trainCommand(), ...given)).rejects.toThrow(message);
    expect(await readdir(root)).not.toContain('refused');
  });
});

describe('fedehr sample', () => {
  it('draws any number of stays, shared out as in training, the same bytes for the same seed', async () => {
    const { code, stdout } = await sample('five', '--stays', '501', '--seed', '1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stays: 501, hospitals: { north: 251, south: 250 } });
    const drawn = await readCohort(join(root, 'five'));
    expect(drawn.size).toBe(501);
    expect(drawn.schema.provenance.createdBy).toMatch(/trainer fedavg/);
    await sample('again', '--stays', '501', '--seed', '1');
    const bytes = (folder: string) => readFile(join(root, folder, 'dynamic.parquet'));
    expect((await bytes('again')).equals(await bytes('five'))).toBe(true);
  });

  it('draws the hospitals that are asked for', async () => {
    await sample('south', '--hospital', 'south=12', '--quiet');
    const { size, hospitals } = await readCohort(join(root, 'south'));
    expect({ size, hospitals }).toEqual({ size: 12, hospitals: ['south'] });
  });

  it.each([
    [['--stays', '0'], /--stays: expected a whole number of at least 1, found '0'/],
    [['--hospital', 'north=0'], /--hospital north: expected a whole number of at least 1/],
    [['--hospital', 'nort=5'], /Did you mean "north"/],
    [['--hospital', 'north'], /HOSPITAL=STAYS/],
    [['--hospital', 'north=1', '--hospital', 'north=2'], /every hospital once/],
    [['--stays', '5', '--hospital', 'north=1'], /found both/],
    [[], /found neither/],
  ])('%j is wrong usage, told with a remedy', async (args, message) => {
    await expect(usage(sampleCommand(), model, ...args)).rejects.toThrow(message);
    expect(await readdir(root)).not.toContain('refused');
  });

  it('refuses a folder that is no model', async () => {
    const noModel = await fedehr('sample', cohort, '--stays', '5', '--out', join(root, 'refused'));
    expect(noModel.stderr).toMatch(/expected a model folder with model\.json and weights\.bin/);
    expect(noModel.code).toBe(2);
  });

  it('leaves nothing half-written when it is interrupted, and exits with 130', async () => {
    const before = (await readdir(root)).sort();
    const { child, finished } = start([
      'sample',
      model,
      '--stays',
      '9000000',
      '--out',
      join(root, 'interrupted'),
    ]);
    // Its unfinished folder lies beside the cohort; the interrupt comes in the middle of the draw.
    while (!(await readdir(root)).some((name) => name.startsWith('.interrupted'))) await pause(50);
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    expect((await readdir(root)).sort()).toEqual(before);
  }, 60_000);
});

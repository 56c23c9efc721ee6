import { describe, expect, it } from 'vitest';
import { fedavg as averaging } from '../../src/federation/aggregation/fedavg.js';
import { joinCohorts } from '../../src/cohort/joinCohorts.js';
import type { Cohort } from '../../src/cohort/types.js';
import { fedavgE2e } from '../../src/trainers/fedavgE2e.js';
import { trainGenerator } from '../../src/trainers/generator/federatedGenerator.js';
import { openModel } from '../../src/trainers/generator/openModel.js';
import { generatorParameters } from '../../src/trainers/generator/parameters.js';
import { plantedCohort, tinyParameters } from './plantedCohort.js';

const train = plantedCohort({ north: 120, south: 70 });
const wanted = { north: 30, south: 20 };
const context = {
  train,
  reference: train,
  parameters: tinyParameters,
  seed: 5,
  engine: 'onnx',
  emit: () => undefined,
} as const;

describe('fedavg-e2e: FedAvg without stage one', () => {
  it('trains one stage, draws the same stays after a reload, and other ones than with an encoder', async () => {
    const generator = await fedavgE2e.train(context);
    const synthetic = await generator.synthesise(wanted, 3);
    await generator.dispose();
    expect(generator.ledger.epochs).toEqual({ tcvae: 2 });
    expect(generator.ledger.rounds.map(({ stage }) => stage)).toEqual(['tcvae', 'tcvae']);
    expect(synthetic.size).toBe(50);
    expect(synthetic.observed.some((cell) => cell === 1)).toBe(true);

    const model = await openModel(generator.files, 'onnx', 'folder');
    const blocks: Cohort[] = [];
    for await (const block of model.blocks(wanted, 3)) blocks.push(block);
    await model.dispose();
    expect(joinCohorts(blocks)).toEqual(synthetic);
  });

  it('lets no message about latents cross', async () => {
    const kinds = new Set<string>();
    const generator = await trainGenerator(
      {
        id: 'e2e',
        version: 1,
        participants: 'hospitals',
        parameters: generatorParameters.parse({
          ...tinyParameters,
          tcvae: { ...tinyParameters.tcvae, encoder: false },
        }),
        stageOneRule: () => averaging,
        stageTwoRule: averaging,
        record: ({ kind }) => kinds.add(kind),
      },
      context,
    );
    await generator.dispose();
    expect([...kinds]).toEqual(expect.arrayContaining(['prepare', 'trainTcvae']));
    expect([...kinds]).not.toEqual(expect.arrayContaining(['trainAutoencoder']));
    expect([...kinds].filter((kind) => /[lL]atent/.test(kind))).toEqual([]);
  });

  it('names options of stage two that contradict each other', () => {
    const faults = (tcvae: object): string =>
      generatorParameters
        .safeParse({ tcvae })
        .error?.issues.map(({ path }) => path.join('.'))
        .join() ?? '';
    expect(faults({ output: 'latent', encoder: false })).toBe('tcvae.encoder');
    expect(faults({ level: 'sequence' })).toBe('tcvae.level');
    expect(faults({ output: 'latent', level: 'sequence' })).toBe('');
  });
});

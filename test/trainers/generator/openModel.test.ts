import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinCohorts } from '../../../src/cohort/joinCohorts.js';
import type { Cohort } from '../../../src/cohort/types.js';
import type { ModelFiles, TrainedGenerator } from '../../../src/trainers/contract.js';
import { fedehrGen } from '../../../src/trainers/fedehrGen.js';
import { openModel, type OpenModel } from '../../../src/trainers/generator/openModel.js';
import { plantedCohort, staysPerHospital, tinyParameters } from '../plantedCohort.js';

const train = plantedCohort({ north: 120, south: 70 });
let trained: TrainedGenerator;
let reloaded: OpenModel;
beforeAll(async () => {
  trained = await fedehrGen.train({
    train,
    reference: train,
    parameters: tinyParameters,
    seed: 5,
    engine: 'onnx',
    emit: () => undefined,
  });
  reloaded = await openModel(trained.files, 'onnx', 'models/x');
});
afterAll(async () => {
  await trained.dispose();
  await reloaded.dispose();
});

async function drawn(model: OpenModel, stays: Record<string, number>, seed: number): Promise<Cohort[]> {
  const blocks: Cohort[] = [];
  for await (const block of model.blocks(stays, seed)) blocks.push(block);
  return blocks;
}

describe('a reloaded model', () => {
  it('draws the very cohort that the trained generator draws', async () => {
    const stays = { north: 37, south: 20 };
    expect(joinCohorts(await drawn(reloaded, stays, 3))).toEqual(await trained.synthesise(stays, 3));
    expect(reloaded.stays).toEqual({ north: 120, south: 70 });
    expect(reloaded.trainer).toEqual({ id: 'fedehr-gen', version: fedehrGen.version });
  });

  it('draws any number in blocks of bounded size, each patient once, the first block as if it were alone', async () => {
    const blocks = await drawn(reloaded, { north: 5000, south: 3 }, 1);
    expect(blocks.map(({ size }) => size)).toEqual([4096, 904, 3]);
    const joined = joinCohorts(blocks);
    expect(staysPerHospital(joined)).toEqual({ north: 5000, south: 3 });
    expect(new Set(joined.patients).size).toBe(5003);
    const [alone] = await drawn(reloaded, { north: 4096 }, 1);
    expect(blocks[0]).toEqual(alone);
    expect(blocks[1]!.values).not.toEqual(blocks[0]!.values.subarray(0, blocks[1]!.values.length));
  });

  it('names the hospitals that it knows when another one is asked for', async () => {
    await expect(drawn(reloaded, { west: 1 }, 1)).rejects.toThrow(/one of the hospitals north, south/);
  });
});

describe('bad model folders', () => {
  const text = (files: ModelFiles): string => new TextDecoder().decode(files['model.json']);
  const opened = (files: ModelFiles) => openModel(files, 'onnx', 'models/x');
  const changed = (change: (text: string) => string): ModelFiles => ({
    ...trained.files,
    'model.json': new TextEncoder().encode(change(text(trained.files))),
  });

  it.each<[string, (files: ModelFiles) => ModelFiles, RegExp]>([
    [
      'a damaged weight',
      (files) => ({
        ...files,
        'weights.bin': files['weights.bin']!.map((byte, i) => (i === 99 ? byte ^ 1 : byte)),
      }),
      /models\/x\/weights\.bin: expected the sha256.*changed or damaged/,
    ],
    [
      'weights cut short',
      (files) => ({ ...files, 'weights.bin': files['weights.bin']!.subarray(0, 100) }),
      /weights\.bin: expected the sha256/,
    ],
    [
      'a changed description',
      () => changed((json) => json.replace('"north"', '"nord"')),
      /models\/x\/model\.json: expected the sha256/,
    ],
    [
      'half a description',
      () => changed((json) => json.slice(0, 500)),
      /expected the JSON that training writes/,
    ],
    [
      'a newer format',
      () => changed((json) => json.replace('"version":2', '"version":3')),
      /expected format version 2, found version 3.*Update/s,
    ],
    [
      'an older format',
      () => changed((json) => json.replace('"version":2', '"version":1')),
      /expected format version 2, found version 1.*Train the generator again/s,
    ],
    ['another JSON file', () => changed(() => '{"format":"fedehr-cohort"}'), /format/],
  ])('%s', async (_, spoil, message) => {
    await expect(opened(spoil(trained.files))).rejects.toThrow(message);
  });
});

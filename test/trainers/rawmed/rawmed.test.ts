import { beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/cohort/contentHash.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { gridFromEvents } from '../../../src/datasets/gridFromEvents.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import type { TrainedGenerator, TrainingEvent } from '../../../src/trainers/contract.js';
import { openModel } from '../../../src/trainers/openModel.js';
import { rawmed } from '../../../src/trainers/rawmed.js';
import { rawmedParameters } from '../../../src/trainers/rawmed/parameters.js';

const train = simulateEvents({ patients: 120, hospitals: 2, steps: 12 }, 3).cohort();
const [first, second] = train.hospitals as [string, string];
const hospitalSizes = train.hospitals.map(
  (id, at) => [id, train.hospital.filter((hospital) => hospital === at).length] as const,
);

/** As small as lets some stays pass. */
const SMALL = {
  size: 'xs',
  maxEvents: 8,
  text: { smallestCell: 1 },
  autoencoder: { updates: 500, validateEvery: 100 },
  transformer: { width: 32, hidden: 64, epochs: 25, dropout: 0 },
  sampling: { topK: 4, temperature: 0.7, budget: 8 },
};

function trained(
  parameters: Record<string, unknown>,
  {
    cohort = train,
    emit = () => undefined,
    signal,
  }: {
    cohort?: Cohort;
    emit?: (event: TrainingEvent) => void;
    signal?: AbortSignal;
  } = {},
): Promise<TrainedGenerator> {
  return rawmed.train({
    train: cohort,
    reference: cohort,
    parameters: rawmedParameters.parse(parameters),
    seed: 5,
    engine: 'onnx',
    emit,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** So short that nothing is learnt. */
const SHORT = {
  ...SMALL,
  autoencoder: { updates: 3, validateEvery: 3, width: 8 },
  transformer: { width: 8, heads: 2, layers: 1, hidden: 8, epochs: 1 },
};

describe('rawmed', () => {
  let generator: TrainedGenerator;
  let synthetic: Cohort;
  const events: TrainingEvent[] = [];
  const wanted = { [first]: 9, [second]: 3 };

  beforeAll(async () => {
    generator = await trained(SMALL, { emit: (event) => events.push(event) });
    synthetic = await generator.synthesise(wanted, 1);
  }, 120_000);

  it('draws a consistent cohort on the schema of the training part, with its events, statics and labels', () => {
    requireConsistent(synthetic, 'synthetic');
    expect(synthetic.schema.features).toEqual(train.schema.features);
    expect(synthetic.events!.tables).toEqual(train.events!.tables);
    expect(synthetic.staticsObserved).toContain(1);
    expect(synthetic.labelsObserved).toContain(1);
    const { values, observed } = gridFromEvents(synthetic);
    expect([synthetic.values, synthetic.observed]).toEqual([values, observed]);
  });

  it('says in provenance and ledger how many stays were drawn, and keeps as many as asked for or says that it cannot', () => {
    const record = synthetic.schema.provenance.verification!;
    const rejected = Object.values(record.reasons).reduce((sum, n) => sum + n, 0);
    expect(record.accepted + rejected).toBe(record.drawn);
    expect(record.kept).toBe(synthetic.size);
    expect(record.wanted).toBe(12);
    expect(record.drawn).toBeLessThanOrEqual(8 * 12);
    expect(generator.ledger.verification).toEqual(record);
    expect(events.some(({ kind }) => kind === 'warning')).toBe(record.kept < record.wanted);
    const inFirst = synthetic.hospital.filter((hospital) => hospital === train.hospitals.indexOf(first));
    if (record.kept === record.wanted) expect(inFirst.length).toBe(9);
  });

  it('keeps every number within the range of its column in training', () => {
    for (const [t, columns] of synthetic.events!.columns.entries())
      for (const [c, column] of columns.entries()) {
        const real = train.events!.columns[t]![c]!;
        if (column.kind !== 'continuous' || real.kind !== 'continuous') continue;
        const known = [...real.values].filter((_, row) => real.filled[row] === 1);
        for (const [row, value] of column.values.entries()) {
          if (column.filled[row] === 0) continue;
          expect(value).toBeGreaterThanOrEqual(Math.min(...known) - 1e-4);
          expect(value).toBeLessThanOrEqual(Math.max(...known) + 1e-4);
        }
      }
  });

  it('reports rounds of both stages and of the sampling', () => {
    const stages = new Set(events.flatMap((event) => (event.kind === 'round' ? [event.stage] : [])));
    expect(stages).toContain('autoencoder');
    expect(stages).toContain('transformer');
    expect(generator.ledger.rounds.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(generator.ledger.epochs['transformer']).toBeGreaterThan(0);
  });

  it('draws the same bytes for the same seed, and others for another, also from its model folder', async () => {
    const opened = await openModel(generator.files, 'onnx', 'folder');
    const blocks: Cohort[] = [];
    for await (const block of opened.blocks(wanted, 1)) blocks.push(block);
    await opened.dispose();
    expect(blocks).toHaveLength(1);
    expect(contentHash(blocks[0]!)).toBe(contentHash(synthetic));
    expect(blocks[0]!.schema).toEqual(synthetic.schema);
    expect(opened.stays).toEqual(Object.fromEntries(hospitalSizes));
    const other = await generator.synthesise(wanted, 2);
    expect(contentHash(other)).not.toBe(contentHash(synthetic));
  }, 60_000);

  it('refuses a changed model folder and hospitals that it does not know', async () => {
    const text = new TextDecoder().decode(generator.files['model.json']);
    const changed = new TextEncoder().encode(text.replace('"window":720', '"window":700'));
    const files = { ...generator.files, 'model.json': changed };
    await expect(openModel(files, 'onnx', 'folder')).rejects.toThrow('changed or damaged');
    await expect(generator.synthesise({ elsewhere: 2 }, 1)).rejects.toThrow('one of the hospitals');
  });
});

describe('rawmed, training', () => {
  it('gives the same model bytes for the same seed', async () => {
    const [one, two] = [await trained(SHORT), await trained(SHORT)];
    expect(two.files).toEqual(one.files);
  }, 60_000);

  it('fails clearly and within the budget when no stay passes', async () => {
    const generator = await trained({ ...SHORT, sampling: { budget: 2 } });
    await expect(generator.synthesise({ [first]: 5 }, 1)).rejects.toThrow(
      /none of 10 generated stays passed the verification \(/,
    );
  }, 60_000);

  it.each([
    { time: 'single' },
    { time: 'in-text' },
    { autoencoder: { ...SHORT.autoencoder, levels: 1 } },
    { statics: 'none' },
  ])(
    'trains, keeps and opens the variant %o',
    async (variant) => {
      const generator = await trained({ ...SHORT, ...variant });
      const opened = await openModel(generator.files, 'onnx', 'folder');
      expect(opened.trainer.id).toBe('rawmed');
      await expect(generator.synthesise({ [first]: 3 }, 1)).rejects.toThrow('passed the verification');
    },
    60_000,
  );

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const emit = (): void => controller.abort(new Error('enough'));
    await expect(trained(SMALL, { emit, signal: controller.signal })).rejects.toThrow('enough');
  }, 60_000);
});

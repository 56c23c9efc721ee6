import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cohort, CohortEvents } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import { random, resumableRandom } from '../../../src/engine/random.js';
import type { CrossedMessage } from '../../../src/federation/channel.js';
import { payloadBytes } from '../../../src/federation/ledger.js';
import type { RawmedMessages } from '../../../src/federation/rawmedMessages.js';
import type { TrainContext, TrainingEvent } from '../../../src/trainers/contract.js';
import { openModel } from '../../../src/trainers/openModel.js';
import { averagedAutoencoder } from '../../../src/trainers/rawmed/federated/averaged.js';
import { mergedRules } from '../../../src/trainers/rawmed/federated/mergedRules.js';
import {
  trainFederated,
  type FederatedTraining,
} from '../../../src/trainers/rawmed/federated/trainFederated.js';
import { holdOutPatients } from '../../../src/trainers/rawmed/heldOutPatients.js';
import { rawmedParameters } from '../../../src/trainers/rawmed/parameters.js';
import { openedText } from '../../../src/trainers/rawmed/rawmedModel.js';
import { stayTexts } from '../../../src/trainers/rawmed/stayTexts.js';
import {
  initialEventAutoencoder,
  openEventAutoencoder,
} from '../../../src/trainers/rawmed/training/eventAutoencoderSteps.js';
import { trainedState } from '../../../src/trainers/rawmed/training/trainingLoop.js';
import { trainingText } from '../../../src/trainers/rawmed/trainingText.js';
import { cellRange } from '../../../src/trainers/rawmed/verification/cellRange.js';
import type { VerificationRules } from '../../../src/trainers/rawmed/verification/verificationRules.js';
import { rawmedFedavg } from '../../../src/trainers/rawmedFedavg.js';

/** So short that nothing is learnt. */
const SHORT = rawmedParameters.parse({
  size: 'xs',
  maxEvents: 30,
  autoencoder: { updates: 6, validateEvery: 3, width: 8 },
  transformer: { width: 8, heads: 2, layers: 1, hidden: 8, epochs: 2 },
});

const contextOf = (train: Cohort, events: TrainingEvent[] = []): TrainContext => ({
  train,
  reference: train,
  parameters: SHORT,
  seed: 5,
  engine: 'onnx',
  emit: (event) => events.push(event),
});

const simulated = (hospitals: number): Cohort =>
  simulateEvents({ patients: 60 * hospitals, hospitals, steps: 12 }, 3).cohort();

const SECRETS = { number: 9876.54321, word: 'zebrafish' };

/** One patient with a number and a word that nobody else has. */
function withSecrets(cohort: Cohort): Cohort {
  const events = cohort.events!;
  let [number, word] = [false, false];
  const columns: CohortEvents['columns'] = events.columns.map((own, t) =>
    own.map((column) => {
      const row = Array.from(events.table.keys()).filter((event) => events.table[event] === t)[0]!;
      const at = events.row[row]!;
      if (column.kind === 'continuous' && column.filled[at] === 1 && !number) {
        number = true;
        const values = column.values.slice();
        values[at] = SECRETS.number;
        return { ...column, values };
      }
      if (column.kind === 'categorical' && column.filled[at] === 1 && !word) {
        word = true;
        const codes = column.codes.slice();
        codes[at] = column.levels.length;
        return { ...column, codes, levels: [...column.levels, SECRETS.word] };
      }
      return column;
    }),
  );
  expect([number, word]).toEqual([true, true]);
  return { ...cohort, events: { ...events, columns } };
}

function numbersIn(payload: unknown): number[] {
  if (typeof payload === 'number') return [payload];
  if (payload instanceof Float32Array || payload instanceof Float64Array || payload instanceof Int32Array)
    return Array.from(payload);
  return typeof payload === 'object' && payload !== null ? Object.values(payload).flatMap(numbersIn) : [];
}

describe('rawmed-fedavg over two hospitals', () => {
  const two = withSecrets(simulated(2));
  const crossed: CrossedMessage<RawmedMessages>[] = [];
  const emitted: TrainingEvent[] = [];
  let trained: FederatedTraining;

  beforeAll(async () => {
    trained = await trainFederated(rawmedFedavg, SHORT, contextOf(two, emitted), (message) =>
      crossed.push(message),
    );
  }, 120_000);

  it('lets only parameters, codebook sums, counts and mean monitors cross: no number, rare word or id of a patient', () => {
    // The secrets are in what is learnt from: without small cells they are in the rules.
    const { rules } = trainingText(two, { ...SHORT, text: { ...SHORT.text, smallestCell: 1 } });
    expect(JSON.stringify(rules)).toContain(SECRETS.word);
    expect(numbersIn(rules).some((number) => Math.abs(number - SECRETS.number) < 0.001)).toBe(true);
    // 3 counting messages, per stage one start and 2 rounds of 2 messages, the encoding between them; 2 hospitals.
    expect(crossed).toHaveLength(2 * (3 + 2 * (1 + 2 * 2) + 1));
    for (const { kind, request, reply } of crossed)
      for (const payload of [request, reply]) {
        for (const number of numbersIn(payload))
          expect([kind, Math.abs(number - SECRETS.number) < 0.001]).toEqual([kind, false]);
        const words = JSON.stringify(payload, (_, value: unknown) =>
          ArrayBuffer.isView(value) ? undefined : value,
        );
        expect(words).not.toContain(SECRETS.word);
        for (const id of two.patients) expect(words).not.toContain(`"${id}"`);
      }
  });

  it('releases no cell of fewer than 11 stays, and no text or range end that is one of a patient', () => {
    for (const { kind, reply } of crossed) {
      if (kind === 'countEvents') {
        const { cells, stays } = reply as { cells: { counts: Float64Array }; stays: number };
        expect(stays).toBeGreaterThanOrEqual(11);
        for (const count of cells.counts) expect(count).toBeGreaterThanOrEqual(11);
      }
      if (kind === 'countPieces')
        for (const uses of (reply as { uses: Float64Array }).uses) expect(uses).toBeGreaterThanOrEqual(11);
      if (kind === 'prepareText')
        for (const { columns } of (reply as { rules: VerificationRules }).rules)
          for (const { vocabulary, range } of columns) {
            for (const { count } of vocabulary) expect(count).toBeGreaterThanOrEqual(11);
            // Edges of the public grid: whole multiples of 2^−14.
            for (const edge of range ?? []) expect(Number.isInteger(edge * 2 ** 14)).toBe(true);
          }
    }
  });

  it('books every byte both ways, rounds and weights by events and by stays', () => {
    const { totals, rounds } = trained;
    const bytes = (side: 'request' | 'reply'): number =>
      crossed.reduce((sum, message) => sum + payloadBytes(message[side]), 0);
    expect([totals.bytesDown, totals.bytesUp]).toEqual([bytes('request'), bytes('reply')]);
    expect(totals.bytesUp).toBeGreaterThan(0);
    expect(totals.synchronisations).toBe(crossed.length / 2);
    expect(totals.epochs['transformer']).toBeCloseTo(2, 12);
    const masses = (name: 'events' | 'stays'): number[] =>
      crossed.flatMap(({ kind, reply }) =>
        kind === 'prepareText' ? [(reply as Record<'events' | 'stays', number>)[name]] : [],
      );
    // So that a mix-up of both would show.
    const [events, stays] = [masses('events'), masses('stays')];
    expect(events[0]! / events[1]!).not.toBeCloseTo(stays[0]! / stays[1]!, 6);
    for (const round of rounds) {
      const own = masses(round.stage === 'autoencoder' ? 'events' : 'stays');
      expect(Object.values(round.weights!)[0]).toBeCloseTo(own[0]! / (own[0]! + own[1]!), 12);
    }
    expect(rounds.map(({ stage }) => stage)).toEqual([
      'autoencoder',
      'autoencoder',
      'transformer',
      'transformer',
    ]);
    expect(emitted).toEqual(rounds);
  });

  it('gives the same model for the same seed, which a folder keeps', async () => {
    const generator = await rawmedFedavg.train(contextOf(two));
    expect(generator.files['weights.bin']).toBeDefined();
    const again = await trainFederated(rawmedFedavg, SHORT, contextOf(two));
    expect(again.model).toEqual(trained.model);
    const opened = await openModel(generator.files, 'onnx', 'folder');
    expect(opened.trainer.id).toBe('rawmed-fedavg');
    expect(Object.keys(opened.stays)).toEqual([...two.hospitals]);
    await opened.dispose();
  }, 120_000);

  it('refuses a hospital of fewer than 11 patients with enough events, by name and without their number', async () => {
    const few = simulateEvents({ patients: 16, hospitals: 2, steps: 12 }, 3).cohort();
    await expect(trainFederated(rawmedFedavg, SHORT, contextOf(few))).rejects.toThrow(
      /at least 11 patients .*found fewer/s,
    );
  });
});

describe('rawmed-fedavg, trained long enough for some stays to pass', () => {
  it('draws verified stays of both hospitals and books traffic beside the verification', async () => {
    const train = simulateEvents({ patients: 160, hospitals: 2, steps: 12 }, 3).cohort();
    const parameters = rawmedParameters.parse({
      size: 'xs',
      maxEvents: 8,
      autoencoder: { updates: 500, validateEvery: 100 },
      transformer: { width: 32, hidden: 64, epochs: 25, dropout: 0 },
      sampling: { topK: 4, temperature: 0.7, budget: 8 },
    });
    const generator = await rawmedFedavg.train({ ...contextOf(train), parameters });
    const [first, second] = train.hospitals as [string, string];
    const synthetic = await generator.synthesise({ [first]: 9, [second]: 3 }, 1);
    requireConsistent(synthetic, 'synthetic');
    expect(synthetic.events!.tables).toEqual(train.events!.tables);
    const { verification, bytesUp } = generator.ledger;
    expect(verification).toMatchObject({ wanted: 12, kept: synthetic.size });
    expect(bytesUp).toBeGreaterThan(0);
  }, 300_000);
});

describe('rawmed-fedavg with one hospital', () => {
  const one = simulated(1);
  const [id] = one.hospitals as [string];
  const stageOne = { ...SHORT, autoencoder: { ...SHORT.autoencoder, updates: 3 } };

  it('has the limit, vocabulary, texts and counts of rawmed, and ranges that hold those of rawmed', async () => {
    const { model } = await trainFederated(rawmedFedavg, SHORT, contextOf(one));
    const central = trainingText(one, SHORT);
    expect(model.maxEvents).toBe(central.maxEvents);
    expect(model.pieces).toEqual(central.tokeniser.pieces);
    expect(model.statistics).toEqual(central.statistics);
    model.rules.forEach((table, t) =>
      table.columns.forEach((column, c) => {
        const { range, ...others } = central.rules[t]!.columns[c]!;
        expect({ ...column, range: null }).toEqual({ ...others, range: null });
        expect(column.range === null).toBe(range === null);
        if (range === null) return;
        expect(column.range![0]).toBeLessThanOrEqual(range[0]);
        expect(column.range![1]).toBeGreaterThanOrEqual(range[1]);
      }),
    );
  }, 60_000);

  it('comes after a round to the parameters of the same training without a line between, to the last bit', async () => {
    const { model } = await trainFederated(rawmedFedavg, stageOne, contextOf(one));
    const { window, maxEvents, tokeniser, events, stays } = trainingText(one, stageOne);
    const opened = openedText({ parameters: stageOne, pieces: tokeniser.pieces, window, maxEvents });
    // Streams are named by hospital: all that differs by design from `rawmed`.
    const { fit, validation } = holdOutPatients(
      stays,
      one.patients,
      stageOne.validationShare,
      random(5, 'rawmed-validation', id),
    );
    const textsOf = (rows: readonly number[]) =>
      stayTexts(events, rows, tokeniser, stageOne.text.length, opened.time).distinct;
    const { batch, learningRate, updates, patience, warmup, learningRateDecay } = stageOne.autoencoder;
    const stream = resumableRandom(5, 'rawmed-autoencoder', id);
    const data = { train: textsOf(fit), validation: textsOf(validation) };
    const schedule = { warmup, decay: learningRateDecay };
    const settings = { batch, learningRate, updates, patience, validateEvery: 3, ...schedule };
    const steps = await openEventAutoencoder(
      opened.autoencoder,
      data,
      { ...settings, engine: { engine: 'onnx' } },
      stream,
    );
    const initial = () => initialEventAutoencoder(opened.autoencoder, random(5, 'rawmed-autoencoder'));
    const central = await trainedState(steps, initial, data.train.count, settings, stream, {});
    await steps.dispose();
    expect(model.autoencoder.parameters).toEqual(central.parameters);
    expect(model.autoencoder.running).toEqual(central.running);
    // The server computes the codebook from usage and sums, in other rounding.
    model.autoencoder.codebook.forEach((value, i) =>
      expect(Math.abs(value - central.codebook[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(value))),
    );
  }, 60_000);
});

describe('averages of the federated autoencoder', () => {
  const shared = (value: number, usage: number[], sums: number[]) => ({
    parameters: Float32Array.of(value, -value),
    running: Float32Array.of(2 * value),
    usage: Float32Array.from(usage),
    codeSums: Float32Array.from(sums),
  });
  it('weigh parameters and running statistics by events, and sum usage and sums by the share of events', () => {
    const { shared: joined, weights } = averagedAutoencoder([
      { hospital: 'b', mass: 100, steps: 1, shared: shared(4, [4, 0], [8, 0]) },
      { hospital: 'a', mass: 300, steps: 1, shared: shared(8, [0, 4], [0, 12]) },
    ]);
    expect(weights).toEqual({ a: 0.75, b: 0.25 });
    expect([...joined.parameters, ...joined.running]).toEqual([7, -7, 14]);
    // Code 0: mean 2 and a quarter of the events; code 1: mean 3 and three quarters.
    expect([...joined.usage]).toEqual([1, 3]);
    expect([...joined.codeSums]).toEqual([2, 9]);
  });
  it('do not depend on the order of the answers, and of one hospital are its own state', () => {
    const own = shared(0.1, [3, 1], [0.3, 0.7]);
    expect(averagedAutoencoder([{ hospital: 'a', mass: 7, steps: 1, shared: own }]).shared).toEqual(own);
    const answers = ['a', 'b', 'c'].map((hospital, i) => ({
      hospital,
      mass: 11 + i,
      steps: 1,
      shared: shared(0.3 * i + 0.1, [1 + i, 2], [0.7, 0.1 * i]),
    }));
    expect(averagedAutoencoder([...answers].reverse())).toEqual(averagedAutoencoder(answers));
  });
});

describe('ranges on a public grid', () => {
  it('hold every value, and their outer cells hold values of as many patients as the smallest cell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minLength: 11, maxLength: 40 }),
        (values) => {
          const group = {
            events: 0,
            patients: values.length,
            smallest: 0,
            largest: 0,
            lows: values,
            highs: values,
          };
          const [low, high] = cellRange(group, 11);
          for (const value of values) {
            expect(value).toBeGreaterThanOrEqual(low);
            expect(value).toBeLessThanOrEqual(high);
          }
          for (const edge of [low, high]) expect(Number.isInteger(edge * 2 ** 14)).toBe(true);
        },
      ),
    );
  });
  it('do not move with the extreme patient inside its cell', () => {
    const others = Array.from({ length: 20 }, (_, i) => 60 + i);
    const rangeWith = (extreme: number): readonly [number, number] =>
      cellRange(
        {
          events: 0,
          patients: 21,
          smallest: 0,
          largest: 0,
          lows: [...others, extreme],
          highs: [...others, extreme],
        },
        11,
      );
    expect(rangeWith(230)).toEqual(rangeWith(250));
    expect(rangeWith(230)).toEqual([0, 256]);
  });
});

describe('rules of several hospitals', () => {
  it('add counts up, widen ranges and know the texts of each', () => {
    const rules = (text: string, count: number, range: readonly [number, number]): VerificationRules => [
      {
        columns: [
          {
            name: 'item',
            kind: 'categorical',
            range: null,
            vocabulary: [
              { text, count },
              { text: 'ph', count: 11 },
            ],
            rareTexts: false,
          },
          { name: 'value', kind: 'continuous', range, vocabulary: [], rareTexts: false },
        ],
        item: 0,
        itemRanges: [
          [null, range],
          [null, [range[0], range[0]]],
        ],
        rareItem: [null, null],
        withoutItem: null,
        itemUnrelated: [],
      },
    ];
    const [table] = mergedRules([rules('glucose', 20, [1, 5]), rules('sodium', 30, [0, 4])]);
    expect(table!.columns[0]!.vocabulary).toEqual([
      { text: 'glucose', count: 20 },
      { text: 'ph', count: 22 },
      { text: 'sodium', count: 30 },
    ]);
    expect(table!.columns[1]!.range).toEqual([0, 5]);
    expect(table!.itemRanges).toEqual([
      [null, [1, 5]],
      [null, [0, 1]],
      [null, [0, 4]],
    ]);
  });
});

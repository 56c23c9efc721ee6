import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { random, resumableRandom, type Random } from '../../../src/engine/random.js';
import { codebookOf } from '../../../src/trainers/rawmed/training/averagedCodebook.js';
import { fillDropout } from '../../../src/trainers/rawmed/training/dropoutMasks.js';
import { earlyStopping } from '../../../src/trainers/rawmed/training/earlyStopping.js';
import { decodedEvents, encodedEvents } from '../../../src/trainers/rawmed/training/eventAutoencoderCodes.js';
import type { EventIds } from '../../../src/trainers/rawmed/training/eventAutoencoderSteps.js';
import type { EventCodes } from '../../../src/trainers/rawmed/training/eventCodes.js';
import { compiledTargets } from '../../../src/trainers/rawmed/training/eventAutoencoderSteps.js';
import { compiledExtents } from '../../../src/trainers/rawmed/training/eventTransformerSteps.js';
import { openSampler } from '../../../src/trainers/rawmed/training/sampleSequences.js';
import { trainEventAutoencoder } from '../../../src/trainers/rawmed/training/trainEventAutoencoder.js';
import { trainEventTransformer } from '../../../src/trainers/rawmed/training/trainEventTransformer.js';
import { rowBatches } from '../../../src/trainers/rawmed/training/rowBatches.js';
import {
  trainedState,
  type LoopProgress,
  type LoopState,
  type TrainedSteps,
} from '../../../src/trainers/rawmed/training/trainingLoop.js';
import { QUANTISER_S } from '../../models/quantiserSizes.js';

const ENGINE = { engine: 'onnx' } as const;

/** Events of random text, of different lengths, each ended by SEP. */
function plantedEvents(count: number, length: number, vocabulary: number): EventIds {
  const stream = random('planted-events');
  const tokens = new Uint16Array(count * length);
  const types = new Uint8Array(count * length);
  const places = new Uint8Array(count * length);
  for (let event = 0; event < count; event++) {
    const end = length / 2 + stream.integer(length / 2);
    for (let i = 0; i <= end; i++) {
      tokens[event * length + i] = i === end ? 1 : 2 + stream.integer(vocabulary - 2);
      types[event * length + i] = i === end ? 6 : 1 + stream.integer(3);
      places[event * length + i] = i === end ? 14 : 1 + stream.integer(14);
    }
  }
  return { count, tokens, types, places, weight: Uint32Array.from({ length: count }, (_, i) => 1 + (i % 3)) };
}

describe('training the event autoencoder', () => {
  const options = {
    vocabulary: 20,
    length: 16,
    positions: 4,
    width: 24,
    commitment: 1,
    quantiser: { ...QUANTISER_S, codes: 32 },
  };
  const events = plantedEvents(12, 16, 20);
  const settings = {
    batch: 12,
    updates: 400,
    validateEvery: 20,
    patience: 20,
    learningRate: 3e-3,
    engine: ENGINE,
  };
  const data = { train: events, validation: events };

  it('overfits a tiny planted set: its events come back from their codes', async () => {
    const seen: LoopProgress[] = [];
    const state = await trainEventAutoencoder(options, data, settings, resumableRandom('overfit'), {
      onProgress: (progress) => seen.push(progress),
    });
    expect(Math.max(...seen.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.99);
    expect(seen[0]!.monitors['loss']).toBeGreaterThan(seen.at(-1)!.monitors['loss']!);
    const codes = await encodedEvents(options, state, events, ENGINE);
    expect(codes.length).toBe(12 * 8);
    expect(new Set(codes).size).toBeGreaterThan(4);
    const back = await decodedEvents(options, state, codes, ENGINE);
    let [right, all] = [0, 0];
    events.tokens.forEach((id, i) => {
      if (id === 0) return;
      all++;
      if (back.tokens[i] === id) right++;
    });
    expect(right / all).toBeGreaterThan(0.99);
  }, 60_000);

  it('gives the same bytes for the same seed', async () => {
    const short = { ...settings, updates: 6, validateEvery: 3 };
    const train = (seed: string): ReturnType<typeof trainEventAutoencoder> =>
      trainEventAutoencoder(options, data, short, resumableRandom(seed));
    const [first, again, other] = [await train('a'), await train('a'), await train('b')];
    expect(again).toEqual(first);
    expect(other.codebook).not.toEqual(first.codebook);
    // What federated averaging recomputes from averages is what the compiled step computed.
    codebookOf(first).forEach((value, i) =>
      expect(Math.abs(value - first.codebook[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(value))),
    );
  });
});

/** Two stays that differ from their first digit on. */
function plantedStays(options: { readonly codes: number; readonly eventCodes: number }): EventCodes {
  const stream = random('planted-stays');
  const events = 6;
  return {
    events: Uint32Array.of(2, 4),
    digits: Uint8Array.from({ length: 2 * events }, (_, i) =>
      i === 0 ? 1 : i === 4 ? 2 : stream.integer(10),
    ),
    codes: Uint16Array.from({ length: options.eventCodes * events }, () => stream.integer(options.codes)),
  };
}

describe('training the event Transformer', () => {
  const options = {
    codes: 20,
    eventCodes: 4,
    timeDigits: 2,
    maxEvents: 5,
    width: 32,
    layers: 2,
    heads: 4,
    hidden: 64,
    norm: 'pre',
    positions: 'learned',
    dropout: 0.1,
  } as const;
  const stays = plantedStays(options);
  const settings = {
    batch: 4,
    updates: 200,
    validateEvery: 20,
    patience: 20,
    learningRate: 3e-3,
    engine: ENGINE,
  };
  const data = { train: stays, validation: stays };

  it.each([
    { norm: 'pre', positions: 'learned' },
    { norm: 'post', positions: 'sinusoidal' },
  ] as const)(
    'overfits two stays but for the digit in which they part ($norm-norm), and draws them',
    async (variant) => {
      const chosen = { ...options, ...variant };
      let best = 0;
      const parameters = await trainEventTransformer(chosen, data, settings, resumableRandom('stays'), {
        onProgress: ({ accuracy }) => (best = Math.max(best, accuracy)),
      });
      const targets = 6 * 6 + 2;
      expect(best).toBeCloseTo((targets - 1) / targets, 6);
      const sampler = await openSampler(chosen, parameters, {
        rows: 2,
        engine: ENGINE,
        temperature: 1,
        topK: 1,
      });
      const { events, digits, codes } = await sampler.sample(1, random('draw'));
      await sampler.dispose();
      const [from, to] = digits[0] === 1 ? [0, 2] : [2, 6];
      expect(events[0]).toBe(to - from);
      expect(digits).toEqual(stays.digits.slice(2 * from, 2 * to));
      expect(codes).toEqual(stays.codes.slice(4 * from, 4 * to));
    },
    60_000,
  );

  it('gives the same bytes for the same seed, with dropout', async () => {
    const short = { ...settings, updates: 4 };
    const train = (seed: string): Promise<Float32Array> =>
      trainEventTransformer(options, data, short, resumableRandom(seed));
    const first = await train('a');
    expect(await train('a')).toEqual(first);
    expect(await train('b')).not.toEqual(first);
  });
});

describe('training loop', () => {
  /** A model whose state is its number of updates and whose accuracies are given. */
  function scripted(
    accuracies: readonly number[],
    loss = 1,
  ): TrainedSteps<number, number> & { rows: number[][] } {
    let updates = 0;
    let validations = 0;
    const rows: number[][] = [];
    return {
      rows,
      load: (state) => (updates = state),
      update: (taken) => {
        updates++;
        rows.push([...taken]);
        return Promise.resolve({ loss });
      },
      accuracy: () => Promise.resolve(accuracies[validations++]!),
      state: () => updates,
      learnt: () => updates,
    };
  }
  const settings = { batch: 2, updates: 20, validateEvery: 2, patience: 2, learningRate: 1 };

  it('returns the best state and ends after validations without improvement, the first one being an improvement', async () => {
    const seen: boolean[] = [];
    const steps = scripted([0.5, 0.7, 0.70001, 0.6, 0.9]);
    const best = await trainedState(steps, () => 0, 5, settings, resumableRandom('loop'), {
      onProgress: ({ improved }) => seen.push(improved),
    });
    // 0.70001 is less than 1.0001 times 0.7.
    expect([best, seen]).toEqual([4, [true, true, false, false]]);
  });

  it('goes through all rows before any comes again', () => {
    const { next } = rowBatches(5, 2, resumableRandom('rows'));
    const taken = [next(), next(), next()].map((rows) => [...rows]);
    expect(taken.map((rows) => rows.length)).toEqual([2, 2, 1]);
    expect(taken.flat().sort()).toEqual([0, 1, 2, 3, 4]);
    expect(next()).toHaveLength(2);
  });

  it('with kinds deals batches kind by kind, and still all rows once', () => {
    const kinds = Uint8Array.from({ length: 20 }, (_, row) => row % 2);
    const { next } = rowBatches(20, 5, resumableRandom('kinds'), kinds);
    const taken = Array.from({ length: 4 }, () => [...next()]);
    expect(taken.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, row) => row));
    expect(taken.every((batch) => new Set(batch.map((row) => kinds[row])).size === 1)).toBe(true);
  });

  it('short stays are trained on short steps, and every stay and its EOS have room', () => {
    const counts = Uint32Array.from([6, 7, 7, 8, 9, 12, 20, 31, 46, 60]);
    const lengths = compiledExtents(counts, 46);
    expect(lengths).toEqual([10, 32, 46]);
    expect(compiledExtents(Uint32Array.from([5, 5, 5]), 5)).toEqual([5]);
  });

  it('compiles heads for the non-pad tokens that batches hardly ever exceed, and for all tokens', () => {
    const lengths = Uint16Array.from([10, 20, 30]);
    // 16 · 20 tokens and four standard deviations of √(16 · 200 / 3), rounded up to 32.
    expect(compiledTargets(lengths, 16, 64)).toEqual([480, 1024]);
    expect(compiledTargets(Uint16Array.from([64, 64]), 16, 64)).toEqual([1024]);
  });

  it('stops when aborted, and fails on a loss that is no number', async () => {
    const controller = new AbortController();
    const aborted = trainedState(
      scripted(new Array<number>(20).fill(1)),
      () => 0,
      5,
      settings,
      resumableRandom('loop'),
      {
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('enough')),
      },
    );
    await expect(aborted).rejects.toThrow('enough');
    const broken = trainedState(scripted([1], Number.NaN), () => 0, 5, settings, resumableRandom('loop'), {});
    await expect(broken).rejects.toThrow('loss became NaN at update 1');
  });

  it('goes on after any update as if nothing had been, early stopping and monitors too', async () => {
    /** A model that is the sum of what it saw: rows, noise and rates. */
    function summing(stream: Random): TrainedSteps<readonly [number, number], number> {
      let [sum, updates] = [0, 0];
      return {
        kinds: Uint8Array.of(0, 1, 0, 1, 0, 1, 0),
        load: (state) => ([sum, updates] = state),
        update(rows, factor) {
          updates++;
          sum = 0.9 * sum + rows.reduce((all, row) => all + row, 0) * stream.uniform() * factor!;
          return Promise.resolve({ loss: sum });
        },
        // Grows until the fourth validation, then stands still.
        accuracy: () => Promise.resolve(Math.min(updates, 12)),
        state: (): [number, number] => [sum, updates],
        learnt: () => sum,
      };
    }
    type State = LoopState<readonly [number, number], number>;
    const long = { ...settings, updates: 40, validateEvery: 3, patience: 2, decay: 'cosine' } as const;
    const run = async (
      resume?: Uint8Array,
    ): Promise<{ best: number; seen: unknown[]; kept: Uint8Array[] }> => {
      const stream = resumableRandom('loop');
      const seen: LoopProgress[] = [];
      const kept: Uint8Array[] = [];
      const best = await trainedState(
        summing(stream),
        () => [stream.uniform(), 0] as const,
        7,
        long,
        stream,
        {
          onProgress: (progress) => seen.push(progress),
          resume: resume === undefined ? undefined : (deserialize(resume) as State),
          keep: (state) => Promise.resolve(void kept.push(serialize(state()))),
        },
      );
      return { best, seen, kept };
    };
    const whole = await run();
    expect([whole.kept.length, whole.seen.length]).toEqual([18, 6]);
    for (const [at, state] of whole.kept.entries()) {
      const { best, seen, kept } = await run(state);
      expect(best).toBe(whole.best);
      expect(seen).toEqual(whole.seen.slice(Math.floor((at + 1) / 3)));
      expect(kept).toEqual(whole.kept.slice(at + 1));
    }
  });

  it('early stopping takes an accuracy of 0 for the first best one', () => {
    const stopping = earlyStopping(1);
    expect([stopping.improved(0), stopping.over()]).toEqual([true, false]);
    expect([stopping.improved(0), stopping.over()]).toEqual([false, true]);
  });

  it('dropout masks keep the mean', () => {
    const mask = fillDropout(new Float32Array(100_001), 0.1, random('mask'));
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    expect(Math.abs(dropped - 0.1)).toBeLessThan(0.005);
    expect(mask.reduce((greatest, value) => Math.max(greatest, value), 0)).toBeCloseTo(1 / 0.9, 3);
  });
});

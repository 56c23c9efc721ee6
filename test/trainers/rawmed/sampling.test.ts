import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../../src/engine/compile.js';
import { initialParameters } from '../../../src/engine/parameters.js';
import { random, type Random } from '../../../src/engine/random.js';
import { eventTransformerLogits } from '../../../src/models/eventTransformer.js';
import {
  eventLength,
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from '../../../src/models/eventTransformerOptions.js';
import { drawnToken } from '../../../src/trainers/rawmed/training/drawnToken.js';
import { eventSequences, type EventCodes } from '../../../src/trainers/rawmed/training/eventCodes.js';
import { openSampler, type SamplingSettings } from '../../../src/trainers/rawmed/training/sampleSequences.js';
import { allowedIds } from '../../../src/trainers/rawmed/training/slotMask.js';

const OPTIONS: EventTransformerOptions = {
  codes: 7,
  eventCodes: 3,
  timeDigits: 2,
  maxEvents: 5,
  width: 8,
  layers: 2,
  heads: 2,
  hidden: 12,
  norm: 'pre',
  positions: 'learned',
  dropout: 0,
};
const SETTINGS: SamplingSettings = {
  rows: 3,
  engine: { engine: 'onnx' },
  temperature: 1,
};
const TOKENS = eventTokens(OPTIONS.codes);

/** Weights large enough that contexts matter; `favoured` ids get a bias in the last layer. */
function parametersOf(
  options: EventTransformerOptions,
  name: string | number,
  favoured: readonly number[] = [],
  favour = 60,
): Float32Array {
  const layout = eventTransformerLayout(options);
  const parameters = initialParameters(layout, random('sampling', name)).map((x) => 3 * x);
  const bias = layout.specs.find((spec) => spec.name === 'head_b')!;
  for (const id of favoured) parameters[bias.offset + id] = favour;
  return parameters;
}

async function sampled(
  options: EventTransformerOptions,
  parameters: Float32Array,
  settings: SamplingSettings,
  count: number,
  seed: string | number,
): Promise<EventCodes> {
  const sampler = await openSampler(options, parameters, settings);
  try {
    return await sampler.sample(count, random('draws', seed));
  } finally {
    await sampler.dispose();
  }
}

/** The same draws with a whole forward pass for every token, and the slots' masks stated anew. */
async function withoutCache(
  options: EventTransformerOptions,
  parameters: Float32Array,
  { rows, temperature, topK }: SamplingSettings,
  count: number,
  generator: Random,
  refused: { readonly test: (codes: readonly number[]) => boolean; readonly redraws: number } = {
    test: () => false,
    redraws: 0,
  },
): Promise<number[][]> {
  const length = sequenceLength(options);
  const tokensOf = eventTokens(options.codes, options.timeValues);
  const { step, inputs } = eventTransformerLogits(options, 1, length);
  const forward = await compileStep(step, inputs, { engine: 'cpu' });
  const stays: number[][] = [];
  const active: (number[] | undefined)[] = [];
  const redraws = new Map<number[], number>();
  const begin = (): number[] | undefined => {
    if (stays.length === count) return undefined;
    stays.push([tokensOf.start]);
    return stays.at(-1);
  };
  for (let row = 0; row < rows; row++) active.push(begin());
  while (active.some((stay) => stay !== undefined)) {
    for (const [row, stay] of active.entries()) {
      if (stay === undefined) continue;
      const tokens = new Float32Array(length).fill(tokensOf.pad);
      tokens.set(stay);
      const { logits } = await forward.run({ parameters, tokens });
      const at = stay.length - 1;
      const ofLast = logits!.slice(at * tokensOf.size, (at + 1) * tokensOf.size);
      const slot = at % eventLength(options);
      const ids = Array.from({ length: tokensOf.size }, (_, id) => id).filter((id) =>
        slot < options.timeDigits
          ? id >= tokensOf.firstDigit || (slot === 0 && id === tokensOf.end)
          : id < options.codes || (slot === 0 && id === tokensOf.end),
      );
      const draw = { temperature, ...(topK === undefined ? {} : { topK }) };
      const token = drawnToken(ofLast, ids, draw, generator);
      if (token !== tokensOf.end) {
        stay.push(token);
        if (slot === eventLength(options) - 1) {
          const used = redraws.get(stay) ?? 0;
          const again = refused.test(stay.slice(-options.eventCodes)) && used < refused.redraws;
          redraws.set(stay, again ? used + 1 : 0);
          if (again) stay.length -= options.eventCodes;
        }
      }
      if (token === tokensOf.end || stay.length > length) active[row] = begin();
    }
  }
  await forward.dispose();
  return stays;
}

describe('cached sampling', () => {
  it.each([
    { norm: 'pre', positions: 'learned', topK: 5 },
    { norm: 'pre', positions: 'by-event', topK: 5 },
    { norm: 'post', positions: 'sinusoidal', topK: 20 },
  ] as const)(
    'equals draws from whole forward passes ($norm-norm, $positions)',
    async ({ topK, ...variant }) => {
      const options = { ...OPTIONS, ...variant };
      const parameters = parametersOf(options, 'equal', [TOKENS.end], 2.5);
      const settings = { ...SETTINGS, topK };
      const count = 8;
      const found = await sampled(options, parameters, settings, count, 'equal');
      const expected = await withoutCache(options, parameters, settings, count, random('draws', 'equal'));
      const sequences = eventSequences(options, found);
      const width = sequenceLength(options) + 1;
      expect(found.events.length).toBe(count);
      expect(new Set(found.events).size).toBeGreaterThan(1);
      expected.forEach((stay, i) => {
        const row = [...sequences.subarray(i * width, (i + 1) * width)];
        expect(row.filter((id) => id !== TOKENS.pad && id !== TOKENS.end)).toEqual(stay);
      });
    },
  );

  it.each([
    { timeDigits: 2, redraws: 2 },
    { timeDigits: 2, redraws: 30 },
    { timeDigits: 0, redraws: 30 },
    { timeDigits: 1, timeValues: 31, redraws: 30 },
  ])('draws refused events again in their context, %o', async ({ redraws, ...variant }) => {
    const options = { ...OPTIONS, ...variant };
    const tokens = eventTokens(options.codes, options.timeValues);
    const parameters = parametersOf(options, 'refused');
    const test = (codes: readonly number[]): boolean => codes[0]! % 2 === 0;
    const judge = (events: readonly { readonly codes: readonly number[] }[]): Promise<boolean[]> =>
      Promise.resolve(events.map(({ codes }) => !test(codes)));
    const settings = { ...SETTINGS, temperature: 20, judge, redraws };
    const found = await sampled(options, parameters, settings, 8, 'refused');
    const refused = { test, redraws };
    const expected = await withoutCache(
      options,
      parameters,
      settings,
      8,
      random('draws', 'refused'),
      refused,
    );
    const sequences = eventSequences(options, found);
    const width = sequenceLength(options) + 1;
    expected.forEach((stay, i) => {
      const row = [...sequences.subarray(i * width, (i + 1) * width)];
      expect(row.filter((id) => id !== tokens.pad && id !== tokens.end)).toEqual(stay);
    });
    const first = [...found.codes].filter((_, at) => at % options.eventCodes === 0);
    expect(first.length).toBeGreaterThan(0);
    expect(first.every((code) => code % 2 === 1)).toBe(redraws === 30);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const parameters = parametersOf(OPTIONS, 'bytes');
    const draw = (seed: string): Promise<EventCodes> => sampled(OPTIONS, parameters, SETTINGS, 12, seed);
    expect(await draw('a')).toEqual(await draw('a'));
    expect(await draw('a')).not.toEqual(await draw('b'));
  });

  it('ends a stay of the most events, and one at EOS in the first slot', async () => {
    const endless = await sampled(
      OPTIONS,
      parametersOf(OPTIONS, 'endless', [TOKENS.firstDigit + 3]),
      SETTINGS,
      4,
      'endless',
    );
    expect([...endless.events]).toEqual([5, 5, 5, 5]);
    expect([...endless.digits]).toEqual(new Array(40).fill(3));
    const empty = await sampled(OPTIONS, parametersOf(OPTIONS, 'empty', [TOKENS.end]), SETTINGS, 4, 'empty');
    expect([...empty.events]).toEqual([0, 0, 0, 0]);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const settings = {
      ...SETTINGS,
      signal: controller.signal,
      onStay: () => controller.abort(new Error('enough')),
    };
    await expect(sampled(OPTIONS, parametersOf(OPTIONS, 'abort'), settings, 50, 'abort')).rejects.toThrow(
      'enough',
    );
  });

  it('draws bins inside the window and never falling where that is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 99 }), fc.integer(), async (lastBin, seed) => {
        const settings = { ...SETTINGS, lastBin, ordered: true };
        const { events, digits } = await sampled(OPTIONS, parametersOf(OPTIONS, seed), settings, 6, seed);
        let event = 0;
        for (const count of events) {
          let previous = 0;
          for (let i = 0; i < count; i++, event++) {
            const bin = 10 * digits[2 * event]! + digits[2 * event + 1]!;
            expect(bin).toBeLessThanOrEqual(lastBin);
            expect(bin).toBeGreaterThanOrEqual(previous);
            previous = bin;
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe('slot masks', () => {
  /** Draws at a slot from logits in which all ids but a few allowed ones are far ahead. */
  const drawAt = (slot: number, logits: Float32Array, topK: number, seed: number): number => {
    const { from, to, end } = allowedIds(OPTIONS, slot);
    const ids = [
      ...(end === undefined ? [] : [end]),
      ...Array.from({ length: to - from }, (_, i) => from + i),
    ];
    return drawnToken(logits, ids, { temperature: 1, topK }, random('slot', seed));
  };
  const logits = fc
    .array(fc.float({ min: -20, max: 20, noNaN: true }), {
      minLength: TOKENS.size,
      maxLength: TOKENS.size,
    })
    .map((values) => Float32Array.from(values));
  const favouring = (id: number, values: Float32Array): Float32Array => values.with(id, 90);
  const topK = fc.integer({ min: 1, max: 30 });

  it('S1: a second time slot is a digit, whatever PAD’s logit', () => {
    fc.assert(
      fc.property(logits, topK, fc.integer(), (values, k, seed) => {
        for (const id of [TOKENS.pad, TOKENS.end, TOKENS.start, 0])
          expect(drawAt(1, favouring(id, values), k, seed)).toBeGreaterThanOrEqual(TOKENS.firstDigit);
      }),
    );
  });

  it('S2: a code slot is a code, whatever PAD’s logit', () => {
    fc.assert(
      fc.property(logits, topK, fc.integer(), fc.constantFrom(2, 3, 4), (values, k, seed, slot) => {
        for (const id of [TOKENS.pad, TOKENS.end, TOKENS.start, TOKENS.firstDigit])
          expect(drawAt(slot, favouring(id, values), k, seed)).toBeLessThan(OPTIONS.codes);
      }),
    );
  });

  it('S3: a first time slot is a digit or EOS, whatever the logit of SOS', () => {
    fc.assert(
      fc.property(logits, topK, fc.integer(), (values, k, seed) => {
        for (const id of [TOKENS.pad, TOKENS.start, 0]) {
          const drawn = drawAt(0, favouring(id, values), k, seed);
          expect(drawn === TOKENS.end || drawn >= TOKENS.firstDigit).toBe(true);
        }
      }),
    );
  });

  it('the sampler never emits an illegal id, whichever the model favours', async () => {
    for (const favoured of [TOKENS.pad, TOKENS.start, TOKENS.end, TOKENS.firstDigit, 0]) {
      const parameters = parametersOf(OPTIONS, favoured, [favoured]);
      const { events, digits, codes } = await sampled(OPTIONS, parameters, SETTINGS, 6, favoured);
      const all = events.reduce((sum, count) => sum + count, 0);
      expect([digits.length, codes.length]).toEqual([2 * all, 3 * all]);
      expect(digits.every((digit) => digit < 10)).toBe(true);
      expect(codes.every((code) => code < OPTIONS.codes)).toBe(true);
    }
  });

  it('bins between two limits can all be reached, and no others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 }), (a, b) => {
        const [lowest, highest] = [Math.min(a, b), Math.max(a, b)];
        const options = { ...OPTIONS, timeDigits: 3 };
        const reached = (slot: number, prefix: number): number[] => {
          if (slot === 3) return [prefix];
          const { from, to } = allowedIds(options, slot, prefix, lowest, highest);
          return Array.from({ length: to - from }, (_, i) =>
            reached(slot + 1, 10 * prefix + from + i - TOKENS.firstDigit),
          ).flat();
        };
        expect(reached(0, 0)).toEqual(Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i));
      }),
      { numRuns: 40 },
    );
  });
});

describe('drawn tokens', () => {
  const counts = (draw: Parameters<typeof drawnToken>[2], logits: number[], ids: number[]): number[] => {
    const stream = random('drawn-tokens');
    const found = new Array<number>(logits.length).fill(0);
    for (let i = 0; i < 20_000; i++) found[drawnToken(Float32Array.from(logits), ids, draw, stream)]!++;
    return found.map((count) => count / 20_000);
  };

  it('follow softmax(logit / temperature) over the allowed ids', () => {
    const found = counts({ temperature: 2 }, [1, 9, 3, -1], [0, 2, 3]);
    const weights = [1, 3, -1].map((logit) => Math.exp(logit / 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(found[1]).toBe(0);
    [0, 2, 3].forEach((id, i) => expect(Math.abs(found[id]! - weights[i]! / total)).toBeLessThan(0.015));
  });

  it('are among the k greatest allowed ones, the lower id first among equals', () => {
    const found = counts({ temperature: 1, topK: 2 }, [0, 9, 2, 0, -1], [0, 2, 3, 4]);
    expect([found[1], found[3], found[4]]).toEqual([0, 0, 0]);
    expect(Math.abs(found[2]! - 1 / (1 + Math.exp(-2)))).toBeLessThan(0.015);
  });
});

describe('event sequences', () => {
  it('are SOS, events and EOS, the EOS in the first time slot and cropped from a full stay', () => {
    const options = { ...OPTIONS, eventCodes: 1, maxEvents: 2 };
    const digits = Uint8Array.of(0, 7, 1, 2, 1, 3, 1, 4, 1, 5);
    const codes = Uint16Array.of(6, 5, 4, 3, 2);
    const found = eventSequences(options, { events: Uint32Array.of(0, 1, 4), digits, codes });
    const { pad, end, start, firstDigit: zero } = TOKENS;
    expect([...found.subarray(0, 7)]).toEqual([start, end, pad, pad, pad, pad, pad]);
    expect([...found.subarray(7, 14)]).toEqual([start, zero, zero + 7, 6, end, pad, pad]);
    expect([...found.subarray(14)]).toEqual([start, zero + 1, zero + 2, 5, zero + 1, zero + 3, 4]);
  });
});

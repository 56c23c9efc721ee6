import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { CompiledStep, EngineName } from '../../src/engine/contract.js';
import { initialParameters } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { lossAndGradient } from '../../src/engine/training.js';
import { withOwnStatistics } from '../../src/models/batchNorm.js';
import { eventAutoencoderTraining } from '../../src/models/eventAutoencoder.js';
import { depthOf, type EventAutoencoderOptions } from '../../src/models/eventAutoencoderOptions.js';
import { nearestCodes, quantised, vectorsOf } from '../../src/models/residualQuantiser.js';
import { doubled, halved } from '../../src/models/stridedConvolution.js';
import { differences, drawn, gradients } from './differences.js';
import { QUANTISER_S } from './quantiserSizes.js';
import { gradientStep, relativeDistance, sizeOf, slopesAlong } from './support.js';

const ENGINES: readonly EngineName[] = ['cpu', 'onnx'];

const uniforms = (count: number, ...name: (string | number)[]): Float32Array => {
  const stream = random(...name);
  return new Float32Array(count).map(() => stream.uniform());
};

describe('strided convolutions', () => {
  const [rows, length, width] = [2, 6, 3];
  const x = Float64Array.from({ length: rows * length * width }, (_, i) => Math.fround(Math.sin(3 * i)));
  const at = (row: number, t: number, c: number): number =>
    t < 0 || t >= length ? 0 : x[(row * length + t) * width + c]!;

  it('halve as a convolution of kernel 5, stride 2 and padding 2', async () => {
    const w = drawn({ w: [5 * width, width] }, 'halved')['w']!;
    for (const engine of ENGINES) {
      const step = await compileStep(
        (inputs) => ({ y: halved({ a_w: inputs['w']! }, 'a', inputs['x']!) }),
        { x: [rows, length, width], w: [5 * width, width] },
        { engine },
      );
      const { y } = await step.run({ x: Float32Array.from(x), w: Float32Array.from(w) });
      for (let row = 0; row < rows; row++)
        for (let t = 0; t < length / 2; t++)
          for (let out = 0; out < width; out++) {
            let sum = 0;
            for (let k = 0; k < 5; k++)
              for (let c = 0; c < width; c++)
                sum += at(row, 2 * t + k - 2, c) * w[(k * width + c) * width + out]!;
            expect(y![((row * length) / 2 + t) * width + out]).toBeCloseTo(sum, 4);
          }
      await step.dispose();
    }
  });

  it('double as a transposed convolution of kernel 6, stride 2 and padding 2', async () => {
    const w = drawn({ w: [3 * width, 2 * width] }, 'doubled')['w']!;
    // Tap k from input i to output o = 2i + k − 2; see doublingSpecs for its place.
    const tap = (k: number, c: number, out: number): number => {
      const [block, odd] = [2 - Math.floor(k / 2), k % 2];
      return w[(block * width + c) * 2 * width + odd * width + out]!;
    };
    const step = await compileStep(
      (inputs) => ({ y: doubled({ a_w: inputs['w']! }, 'a', inputs['x']!) }),
      { x: [rows, length, width], w: [3 * width, 2 * width] },
      { engine: 'onnx' },
    );
    const { y } = await step.run({ x: Float32Array.from(x), w: Float32Array.from(w) });
    const expected = new Float64Array(rows * 2 * length * width);
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < length; i++)
        for (let k = 0; k < 6; k++) {
          const o = 2 * i + k - 2;
          if (o < 0 || o >= 2 * length) continue;
          for (let c = 0; c < width; c++)
            for (let out = 0; out < width; out++)
              expected[(row * 2 * length + o) * width + out]! += at(row, i, c) * tap(k, c, out);
        }
    expected.forEach((value, i) => expect(y![i]).toBeCloseTo(value, 4));
    await step.dispose();
  });
});

describe('batch normalisation', () => {
  it('takes a row of weight n for n equal rows', async () => {
    const run = async (x: number[][], weight: number[]): Promise<Record<string, Float32Array>> => {
      const step = await compileStep(
        (inputs) => {
          const { value, statistics } = withOwnStatistics(
            { n_g: tf.tensor1d([1.5, 0.5]), n_s: tf.tensor1d([0.1, -0.2]) },
            'n',
            inputs['x']!,
            inputs['weight']!,
          );
          return { value, ...statistics };
        },
        { x: [x.length, 2], weight: [x.length] },
        { engine: 'onnx' },
      );
      const results = await step.run({
        x: Float32Array.from(x.flat()),
        weight: Float32Array.from(weight),
      });
      await step.dispose();
      return results;
    };
    const [a, b, c] = [
      [1, 5],
      [2, -1],
      [4, 0],
    ] as const;
    const short = await run([[...a], [...b], [...c], [9, 9]], [1, 3, 1, 0]);
    const long = await run([[...a], [...b], [...b], [...b], [...c]], [1, 1, 1, 1, 1]);
    for (const name of ['mean', 'variance'])
      short[name]!.forEach((value, i) => expect(value).toBeCloseTo(long[name]![i]!, 5));
    expect(short['variance']![0]).toBeCloseTo(1.2, 5); // unbiased variance of 1 2 2 2 4
    expect(short['value']![4]).toBeCloseTo(long['value']![8]!, 5);
  });
});

describe('residual quantiser', () => {
  const options = { ...QUANTISER_S, codes: 5, levels: 3, width: 2 };
  const rows = 4;
  const state = (): Record<string, Float32Array> => ({
    usage: Float32Array.of(1, 2, 0.5, 1, 3),
    sums: Float32Array.from({ length: 10 }, (_, i) => Math.cos(5 * i)),
    codes: Float32Array.from({ length: 10 }, (_, i) => Math.sin(2 * i)),
  });
  const shapes = { usage: [5], sums: [5, 2], codes: [5, 2] };

  it.each([
    ['levels', 3],
    ['sum', 1],
  ] as const)(
    'straight-through %s passes %d times the gradient, and the commitment pulls to the codes',
    async (straightThrough, factor) => {
      const book = state();
      const weight = [1, 2, 0, 1];
      const noise = uniforms(3 * rows * 5, 'straight-through');
      const at = drawn({ z: [rows, 2] }, 'straight-through');
      const outer = drawn({ outer: [rows, 2] }, 'outer')['outer']!;
      const outcome = (z: tf.Tensor): ReturnType<typeof quantised> =>
        quantised(
          { ...options, straightThrough },
          z,
          tf.tensor1d(weight),
          {
            usage: tf.tensor([...book['usage']!], [5]),
            sums: tf.tensor([...book['sums']!], [5, 2]),
            codes: tf.tensor([...book['codes']!], [5, 2]),
          },
          tf.tensor([...noise], [3 * rows, 5]),
        );
      const passed = await gradients(
        ({ z }) => tf.sum(tf.mul(outcome(z!).value, tf.tensor([...outer], [rows, 2]))),
        { z: [rows, 2] },
        at,
      );
      for (const one of passed)
        outer.forEach((value, i) => expect(one['z']![i]).toBeCloseTo(factor * value, 5));

      // What the chosen codes add up to is constant for the commitment, so its finite differences need only them.
      const step = await compileStep(
        ({ z }) => {
          const { chosen, commitment } = outcome(z!);
          return { chosen, commitment };
        },
        { z: [rows, 2] },
        { engine: 'cpu' },
      );
      const found = await step.run({ z: Float32Array.from(at['z']!) });
      const codebooks = codebooksOf(options, book, at['z']!, weight, found['chosen']!);
      const commitment = (z: Float64Array): number => {
        let total = 0;
        for (let row = 0; row < rows; row++) {
          const residual = [z[2 * row]!, z[2 * row + 1]!];
          for (let level = 0; level < 3; level++) {
            const code = found['chosen']![3 * row + level]!;
            residual.forEach((_, c) => (residual[c]! -= codebooks[level]![2 * code + c]!));
            total += ((weight[row]! / 4) * (residual[0]! ** 2 + residual[1]! ** 2)) / 2;
          }
        }
        return total;
      };
      expect(found['commitment']![0]).toBeCloseTo(commitment(at['z']!), 4);
      const expected = differences(({ z }) => commitment(z!), at);
      for (const one of await gradients(({ z }) => outcome(z!).commitment, { z: [rows, 2] }, at))
        expected['z']!.forEach((slope, i) => expect(one['z']![i]).toBeCloseTo(slope, 4));
    },
  );

  it('moves the averages once per level by 0.8, level two already seeing the codes of level one', async () => {
    const book = state();
    const z = Float32Array.from(drawn({ z: [rows, 2] }, 'averages')['z']!);
    const weight = [1, 2, 0, 1];
    for (const engine of ENGINES) {
      const step = await compileStep(
        (inputs) => {
          const { codebook, chosen, counts, vectorSums, value } = quantised(
            options,
            inputs['z']!,
            tf.tensor1d(weight),
            { usage: inputs['usage']!, sums: inputs['sums']!, codes: inputs['codes']! },
            inputs['noise']!,
          );
          return { ...codebook, chosen, counts, vectorSums, value };
        },
        { z: [rows, 2], noise: [3 * rows, 5], ...shapes },
        { engine },
      );
      const found = await step.run({ z, noise: uniforms(3 * rows * 5, 'averages'), ...book });
      const expected = codebooksOf(options, book, Float64Array.from(z), weight, found['chosen']!);
      found['codes']!.forEach((value, i) => expect(value / expected[3]![i]!).toBeCloseTo(1, 3));
      // Per level all weight is counted, and a row of weight 0 moves nothing.
      for (let level = 0; level < 3; level++)
        expect(found['counts']!.slice(5 * level, 5 * level + 5).reduce((sum, n) => sum + n, 0)).toBe(4);
      const firstLevel = [0, 0];
      for (let k = 0; k < 5; k++) [0, 1].forEach((c) => (firstLevel[c]! += found['vectorSums']![2 * k + c]!));
      [0, 1].forEach((c) =>
        expect(firstLevel[c]).toBeCloseTo(
          weight.reduce((sum, w, row) => sum + w * z[2 * row + c]!, 0),
          4,
        ),
      );
      await step.dispose();
    }
  });

  it('chooses by distance and temperature: the choice follows softmax(−distance/0.1)', async () => {
    const many = 20_000;
    const step = await compileStep(
      ({ noise }) => ({
        counts: quantised(
          { ...options, codes: 2, levels: 1, width: 1 },
          tf.zeros([many, 1]),
          tf.ones([many]),
          { usage: tf.ones([2]), sums: tf.ones([2, 1]), codes: tf.tensor2d([[0.2], [-0.3]]) },
          noise!,
        ).counts,
      }),
      { noise: [many, 2] },
      { engine: 'onnx' },
    );
    const { counts } = await step.run({ noise: uniforms(2 * many, 'choice') });
    // Four standard errors around 1/(1 + e⁻¹).
    const share = 1 / (1 + Math.exp(-1));
    expect(Math.abs(counts![0]! / many - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / many));
    await step.dispose();
  });

  it('plain nearest codes leave the smallest residual at every level', async () => {
    const codes = tf.tensor2d;
    const book = [
      [1, 0],
      [0, 1],
      [0.1, 0],
      [0, -0.2],
    ];
    for (const engine of ENGINES) {
      const step = await compileStep(
        ({ z }) => {
          const found = nearestCodes({ ...options, codes: 4, levels: 2 }, z!, codes(book));
          return { found: tf.cast(found, 'float32'), sum: vectorsOf(found, codes(book)) };
        },
        { z: [2, 2] },
        { engine },
      );
      const { found, sum } = await step.run({ z: Float32Array.of(1.1, 0.02, 0.05, 0.78) });
      expect([...found!]).toEqual([0, 2, 1, 3]);
      [1.1, 0, 0, 0.8].forEach((value, i) => expect(sum![i]).toBeCloseTo(value, 6));
      await step.dispose();
    }
  });
});

describe('planted two-scale data', () => {
  /** Sixteen places far apart, each with sixteen offsets nearby: 256 points, 16 + 16 codes say them all. */
  function planted(count: number, ...name: string[]): Float32Array {
    const stream = random(...name);
    const points = new Float32Array(count * 2);
    for (let i = 0; i < count; i++)
      for (let c = 0; c < 2; c++)
        points[2 * i + c] = 3 * (stream.integer(4) * 2 + 0.2 * stream.integer(4) - 3.3);
    return points;
  }

  async function meanSquaredError(levels: number): Promise<number> {
    const [rows, K] = [256, 32];
    const options = { ...QUANTISER_S, codes: K, levels, width: 2 };
    const train = await compileStep(
      ({ z, noise, usage, sums, codes }) => {
        const { codebook } = quantised(
          options,
          z!,
          tf.ones([rows]),
          { usage: usage!, sums: sums!, codes: codes! },
          noise!,
        );
        return { ...codebook };
      },
      { z: [rows, 2], noise: [levels * rows, K], usage: [K], sums: [K, 2], codes: [K, 2] },
      { engine: 'onnx' },
    );
    const start = random('two-scale', 'start');
    let book: Record<string, Float32Array> = {
      usage: new Float32Array(K),
      sums: new Float32Array(2 * K),
      codes: start.fillNormal(new Float32Array(2 * K)),
    };
    book['sums']!.set(book['codes']!);
    for (let i = 0; i < 300; i++) {
      const noise = uniforms(levels * rows * K, 'two-scale', i);
      book = await train.run({ z: planted(rows, 'two-scale', String(i)), noise, ...book });
    }
    await train.dispose();
    const test = planted(1000, 'two-scale', 'test');
    const evaluate = await compileStep(
      ({ z, codes }) => {
        const sum = vectorsOf(nearestCodes(options, z!, codes!), codes!);
        return { error: tf.reshape(tf.mean(tf.square(tf.sub(z!, sum))), [1]) };
      },
      { z: [1000, 2], codes: [K, 2] },
      { engine: 'onnx' },
    );
    const { error } = await evaluate.run({ z: test, codes: book['codes']! });
    await evaluate.dispose();
    return error![0]!;
  }

  it('residual quantisation reconstructs better than plain quantisation with as many codes', async () => {
    const [plain, residual] = [await meanSquaredError(1), await meanSquaredError(2)];
    expect(plain).toBeGreaterThan(0);
    expect(residual).toBeLessThan(0.7 * plain);
  });
});

/** Codebooks before level 1, 2, … and after the last, from the choices made: the moving averages written out. */
function codebooksOf(
  options: { readonly codes: number; readonly levels: number; readonly width: number },
  book: Record<string, Float32Array>,
  z: Float64Array,
  weight: readonly number[],
  chosen: Float32Array,
): number[][] {
  const { codes: K, levels, width } = options;
  const usage = [...book['usage']!];
  const sums = [...book['sums']!];
  const residual = [...z];
  const result = [[...book['codes']!]];
  for (let level = 0; level < levels; level++) {
    const [count, sum] = [new Array<number>(K).fill(0), new Array<number>(K * width).fill(0)];
    weight.forEach((w, row) => {
      const code = chosen[row * levels + level]!;
      count[code]! += w;
      for (let c = 0; c < width; c++) {
        sum[code * width + c]! += w * residual[row * width + c]!;
        residual[row * width + c]! -= result[level]![code * width + c]!;
      }
    });
    usage.forEach((n, k) => (usage[k] = 0.8 * n + 0.2 * count[k]!));
    sums.forEach((s, i) => (sums[i] = 0.8 * s + 0.2 * sum[i]!));
    const total = usage.reduce((a, b) => a + b, 0);
    result.push(
      sums.map((s, i) => s / (((usage[Math.floor(i / width)]! + 1e-5) / (total + K * 1e-5)) * total)),
    );
  }
  return result;
}

describe('event autoencoder', () => {
  const options: EventAutoencoderOptions = {
    vocabulary: 11,
    length: 8,
    positions: 2,
    width: 4,
    commitment: 1,
    quantiser: { ...QUANTISER_S, codes: 6 },
  };
  const events = 5;

  it('refuses a length that halving does not bring to the positions', () => {
    expect(depthOf({ ...options, length: 64, positions: 4 })).toBe(4);
    expect(() => depthOf({ ...options, length: 24, positions: 4 })).toThrow(/length 24/);
  });

  it.each([1, 2])(
    '%d levels: both engines agree, and heads and decoder have the gradient of finite differences',
    async (levels) => {
      const definition = eventAutoencoderTraining(
        { ...options, quantiser: { ...options.quantiser, levels } },
        events,
        {},
        32,
      );
      const draw = random('event-batch');
      const ids = (limit: number): Float32Array =>
        Float32Array.from({ length: events * options.length }, (_, i) =>
          i % options.length > 5 ? 0 : 1 + draw.integer(limit - 1),
        );
      const batch = {
        tokens: ids(11),
        types: ids(7),
        places: ids(15),
        weight: Float32Array.of(1, 3, 1, 2, 0),
        // Six tokens of each event; the last two places are padding.
        targets: Float32Array.from({ length: 32 }, (_, i) =>
          i < 30 ? options.length * Math.floor(i / 6) + (i % 6) : 0,
        ),
        targetWeight: Float32Array.from({ length: 32 }, (_, i) => [1, 3, 1, 2, 0][Math.floor(i / 6)] ?? 0),
        uniforms: uniforms(sizeOf(definition.batch['uniforms']!), 'event-noise'),
        usage: new Float32Array(6).fill(1),
        codeSums: draw.fillNormal(new Float32Array(24)),
        codebook: draw.fillNormal(new Float32Array(24)),
      };
      const parameters = initialParameters(definition.layout, random('event-autoencoder'));
      // Behind the codes the loss is smooth; the encoder's gradient is the straight-through estimate, tested by itself.
      const behind = new Float32Array(parameters.length);
      for (const { name, offset, size } of definition.layout.specs)
        if (/^decoder|_head_/.test(name)) behind.fill(1, offset, offset + size);
      const found: Record<string, Float32Array>[] = [];
      for (const engine of ENGINES) {
        const compiled = await compileStep(
          (inputs) => {
            const { parameters: flat, ...rest } = inputs;
            const { monitors, gradient } = lossAndGradient(definition, flat!, rest);
            return { ...monitors, gradient };
          },
          { parameters: [definition.layout.size], ...definition.batch },
          { engine },
        );
        found.push(await compiled.run({ ...batch, parameters }));
        await compiled.dispose();
      }
      for (const [name, values] of Object.entries(found[0]!))
        expect(relativeDistance(found[1]![name]!, values), name).toBeLessThan(1e-5);

      const step = await gradientStep(definition, 'cpu');
      // Zeroes the slopes of everything in front of the codes, so that directions stay behind them.
      const restricted: CompiledStep = {
        run: async (inputs) => {
          const results = await step.run(inputs);
          return { ...results, gradient: results['gradient']!.map((g, i) => g * behind[i]!) };
        },
        dispose: () => step.dispose(),
      };
      const { gradient } = await restricted.run({ ...batch, parameters });
      const draws = random('directions');
      const directions = Array.from({ length: 3 }, () => {
        const mixed = gradient!.map((g, i) => behind[i]! * (draws.normal() / 10 + g));
        const norm = Math.sqrt(mixed.reduce((sum, x) => sum + x * x, 0));
        return mixed.map((x) => x / norm);
      });
      const slopes = await slopesAlong(restricted, parameters, batch, directions);
      const length = Math.sqrt(gradient!.reduce((sum, g) => sum + g * g, 0));
      directions.forEach((direction, i) => {
        const expected = direction.reduce((sum, x, j) => sum + x * gradient![j]!, 0);
        expect(Math.abs(slopes[i]! - expected) / length).toBeLessThan(2e-2);
      });
      await step.dispose();
    },
  );

  it('heads on the non-pad places alone give the loss of heads on all places', async () => {
    const all = events * options.length;
    const draw = random('targets');
    const tokens = Float32Array.from({ length: all }, (_, i) =>
      i % options.length < 3 + (i % 3) ? 1 + draw.integer(6) : 0,
    );
    const filled = [...tokens.keys()].filter((place) => tokens[place]! > 0);
    const weight = Float32Array.of(2, 1, 3, 1, 1);
    const weightOf = (place: number): number => weight[Math.floor(place / options.length)]!;
    const losses: Record<string, number>[] = [];
    for (const places of [[...tokens.keys()], filled, [...filled, 0, 0]]) {
      const definition = eventAutoencoderTraining(options, events, {}, places.length);
      const compiled = await compileStep(
        ({ parameters, ...batch }) => lossAndGradient(definition, parameters!, batch).monitors,
        { parameters: [definition.layout.size], ...definition.batch },
        { engine: 'onnx' },
      );
      const found = await compiled.run({
        ...{ tokens, types: tokens, places: tokens, weight },
        targets: Float32Array.from(places),
        targetWeight: Float32Array.from(places, (place, i) =>
          i < filled.length || places.length === all ? weightOf(place) : 0,
        ),
        uniforms: uniforms(sizeOf(definition.batch['uniforms']!), 'target-noise'),
        usage: new Float32Array(6).fill(1),
        codeSums: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
        codebook: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
        parameters: initialParameters(definition.layout, random('targets-model')),
      });
      losses.push(Object.fromEntries(Object.entries(found).map(([name, [value]]) => [name, value!])));
      await compiled.dispose();
    }
    const [whole, ...restricted] = losses;
    for (const own of restricted)
      for (const name of ['tokenLoss', 'typeLoss', 'placeLoss', 'loss'])
        expect(own[name], name).toBeCloseTo(whole![name]!, 5);
  });
});

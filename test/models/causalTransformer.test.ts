import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import { initialParameters } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { causalAttention } from '../../src/models/causalAttention.js';
import {
  eventTransformerEvaluation,
  eventTransformerLogits,
  eventTransformerTraining,
} from '../../src/models/eventTransformer.js';
import {
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from '../../src/models/eventTransformerOptions.js';
import { layerNorm, normalised } from '../../src/models/layerNorm.js';
import { tokenCrossEntropy } from '../../src/models/tokenCrossEntropy.js';
import { differences, drawn, gradients, type Numbers } from './differences.js';
import { directionalError, gradientStep, relativeDistance } from './support.js';

type Rows = number[][];

/** Row r of a flat matrix of the given width. */
const rowsOf = (flat: Float64Array | Float32Array, width: number): Rows =>
  Array.from({ length: flat.length / width }, (_, r) => [...flat.subarray(r * width, (r + 1) * width)]);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Every query against every key before it, one number at a time. */
function plainAttention(q: Rows, k: Rows, v: Rows): Rows {
  return q.map((query, i) => {
    const weights = k.slice(0, i + 1).map((key) => Math.exp(dot(query, key)));
    const total = weights.reduce((sum, w) => sum + w, 0);
    return v[0]!.map((_, c) => weights.reduce((sum, w, j) => sum + w * v[j]![c]!, 0) / total);
  });
}

const plainNorm = (row: readonly number[]): number[] => {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x) => (x - mean) / Math.sqrt(variance + 1e-5));
};

function expectGradients(found: readonly Record<string, Float32Array>[], expected: Numbers): void {
  for (const one of found)
    for (const [name, slopes] of Object.entries(expected))
      slopes.forEach((slope, i) => expect(one[name]![i], `${name}[${i}]`).toBeCloseTo(slope, 4));
}

describe('operations of the Transformer', () => {
  it.each([1, 2, 3, 5, 8])(
    'causal attention in blocks of %i queries: value and gradient of q, k and v',
    async (rows) => {
      const [groups, length, width] = [2, 5, 3];
      const shape = [groups, length, width] as const;
      const shapes = { q: shape, k: shape, v: shape };
      const at = drawn(shapes, 'attention');
      const outer = drawn({ outer: shape }, 'attention-outer')['outer']!;
      const size = length * width;
      const output = (x: Numbers): number[] =>
        Array.from({ length: groups }, (_, g) => {
          const part = (name: string): Rows => rowsOf(x[name]!.subarray(g * size, (g + 1) * size), width);
          return plainAttention(part('q'), part('k'), part('v')).flat();
        }).flat();
      const expected = differences((x) => dot(output(x), [...outer]), at);
      expectGradients(
        await gradients(
          (x) =>
            tf.sum(
              tf.mul(tf.tensor([...outer], [...shape]), causalAttention(x['q']!, x['k']!, x['v']!, rows)),
            ),
          shapes,
          at,
        ),
        expected,
      );
      for (const engine of ['cpu', 'onnx'] as const) {
        const step = await compileStep(
          ({ q, k, v }) => ({ output: causalAttention(q!, k!, v!, rows) }),
          shapes,
          { engine },
        );
        const single = Object.fromEntries(
          Object.entries(at).map(([name, values]) => [name, Float32Array.from(values)]),
        );
        const found = (await step.run(single))['output']!;
        output(at).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
        await step.dispose();
      }
    },
  );

  it('normalised rows, with any gradient and with one whose rows sum to 0', async () => {
    const shapes = { x: [3, 4] };
    const at = drawn(shapes, 'norm');
    const free = rowsOf(drawn({ outer: [3, 4] }, 'norm-outer')['outer']!, 4);
    const centred = free.map((row) => row.map((x) => x - row.reduce((sum, y) => sum + y, 0) / 4));
    for (const [outer, isCentred] of [
      [free, false],
      [centred, true],
    ] as const) {
      const expected = differences(
        ({ x }) => rowsOf(x!, 4).reduce((sum, row, r) => sum + dot(plainNorm(row), outer[r]!), 0),
        at,
      );
      const weight = outer.map((row) => [...row]);
      expectGradients(
        await gradients(
          ({ x }) => tf.sum(tf.mul(tf.tensor2d(weight), normalised(x!, isCentred))),
          shapes,
          at,
        ),
        expected,
      );
    }
  });

  it('layer normalisation with gain and shift', async () => {
    const shapes = { x: [3, 4], g: [4], s: [4] };
    const at = drawn(shapes, 'layer-norm');
    const outer = rowsOf(drawn({ outer: [3, 4] }, 'layer-norm-outer')['outer']!, 4);
    const expected = differences(
      ({ x, g, s }) =>
        rowsOf(x!, 4).reduce(
          (sum, row, r) =>
            sum +
            dot(
              plainNorm(row).map((value, c) => value * g![c]! + s![c]!),
              outer[r]!,
            ),
          0,
        ),
      at,
    );
    expectGradients(
      await gradients(
        ({ x, g, s }) => tf.sum(tf.mul(tf.tensor2d(outer), layerNorm({ n_g: g!, n_s: s! }, 'n', x!))),
        shapes,
        at,
      ),
      expected,
    );
  });

  it('last layer with cross-entropy: repeated targets, and rows without weight', async () => {
    const shapes = { x: [4, 3], weight: [3, 5], bias: [5] };
    const at = drawn(shapes, 'cross-entropy');
    const [targets, rowWeight] = [
      [2, 0, 2, 4],
      [0.5, 1, 0.25, 0],
    ];
    const expected = differences(
      ({ x, weight, bias }) =>
        rowsOf(x!, 3).reduce((sum, row, r) => {
          const logits = Array.from(bias!, (b, v) =>
            row.reduce((z, value, i) => z + value * weight![i * 5 + v]!, b),
          );
          const total = Math.log(logits.reduce((s, z) => s + Math.exp(z), 0));
          return sum + rowWeight[r]! * (total - logits[targets[r]!]!);
        }, 0),
      at,
    );
    expectGradients(
      await gradients(
        ({ x, weight, bias }) =>
          tokenCrossEntropy(x!, weight!, bias!, tf.tensor1d(targets, 'int32'), tf.tensor1d(rowWeight)),
        shapes,
        at,
      ),
      expected,
    );
  });

  it('the cross-entropy stays finite where the target is hopeless', async () => {
    const step = await compileStep(
      ({ x }) => ({
        loss: tokenCrossEntropy(
          x!,
          tf.tensor2d([[1, -1]]),
          tf.zeros([2]),
          tf.tensor1d([1], 'int32'),
          tf.ones([1]),
        ),
      }),
      { x: [1, 1] },
      { engine: 'onnx' },
    );
    expect((await step.run({ x: Float32Array.of(500) }))['loss']![0]).toBeCloseTo(1000, 2);
    await step.dispose();
  });
});

const SMALL: EventTransformerOptions = {
  codes: 6,
  eventCodes: 2,
  timeDigits: 2,
  maxEvents: 3,
  width: 8,
  layers: 2,
  heads: 2,
  hidden: 12,
  norm: 'pre',
  positions: 'learned',
  dropout: 0,
};

const ROWS = 3;

/** Sequences of one, two and the most events; the last has no EOS, since it was cropped. */
function smallBatch(
  options: EventTransformerOptions,
): Record<'tokens' | 'rowWeight' | 'batchWeight', Float32Array> {
  const draw = random('small-sequences');
  const { pad, end, start, firstDigit } = eventTokens(options.codes);
  const length = sequenceLength(options);
  const tokens = new Float32Array(ROWS * (length + 1)).fill(pad);
  for (let row = 0; row < ROWS; row++) {
    const events = row + 1;
    const sequence = [start];
    for (let event = 0; event < events; event++) {
      for (let i = 0; i < options.timeDigits; i++) sequence.push(firstDigit + draw.integer(10));
      for (let i = 0; i < options.eventCodes; i++) sequence.push(draw.integer(options.codes));
    }
    sequence.push(end);
    tokens.set(sequence.slice(0, length + 1), row * (length + 1));
  }
  return { tokens, rowWeight: new Float32Array(ROWS).fill(1), batchWeight: Float32Array.of(1) };
}

describe.each([
  { norm: 'pre', positions: 'learned' },
  { norm: 'pre', positions: 'by-event' },
  { norm: 'post', positions: 'sinusoidal' },
] as const)('Transformer with $norm-norm and $positions positions', (variant) => {
  const options = { ...SMALL, ...variant };
  const layout = eventTransformerLayout(options);
  // Gains and shifts away from 1 and 0, so that their folding into the weights matters.
  const start = initialParameters(layout, random('small-transformer'));
  const parameters = start.map((x, i) => x + 0.2 * Math.sin(7 * i));

  it.each([0, 0.4])(
    'has the gradient of finite differences, alike on both engines (dropout %d)',
    async (dropout) => {
      const definition = eventTransformerTraining({ ...options, dropout }, ROWS);
      const draw = random('dropout', dropout);
      const masks = Object.fromEntries(
        Object.entries(definition.batch)
          .filter(([name]) => name.startsWith('drop'))
          .map(([name, shape]) => [
            name,
            new Float32Array(shape[0]! * shape[1]!).map(() => (draw.uniform() < 0.6 ? 1 / 0.6 : 0)),
          ]),
      );
      const batch = { ...smallBatch(options), ...masks };
      const [onnx, cpu] = await Promise.all([
        gradientStep(definition, 'onnx'),
        gradientStep(definition, 'cpu'),
      ]);
      const [a, b] = [await onnx.run({ ...batch, parameters }), await cpu.run({ ...batch, parameters })];
      expect(relativeDistance(a['gradient']!, b['gradient']!)).toBeLessThan(1e-5);
      expect(await directionalError(onnx, parameters, batch, random('directions'))).toBeLessThan(2e-2);
      await Promise.all([onnx.dispose(), cpu.dispose()]);
    },
  );

  it('weighs the mean over code slots and the mean over time slots alike, and no PAD and no padded row', async () => {
    const batch = smallBatch(options);
    batch.rowWeight[1] = 0;
    const length = sequenceLength(options);
    const { pad } = eventTokens(options.codes);
    const { step, inputs } = eventTransformerLogits(options, ROWS, length);
    const logitsOf = await compileStep(step, inputs, { engine: 'cpu' });
    const heads = rowsOf(batch.tokens, length + 1).flatMap((row) => row.slice(0, length));
    const logits = rowsOf(
      (await logitsOf.run({ parameters, tokens: Float32Array.from(heads) }))['logits']!,
      eventTokens(options.codes).size,
    );
    const costs: [time: number[], codes: number[]] = [[], []];
    rowsOf(batch.tokens, length + 1).forEach((row, r) => {
      if (batch.rowWeight[r] === 0) return;
      row.slice(1).forEach((target, i) => {
        if (target === pad) return;
        const z = logits[r * length + i]!;
        const total = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0));
        costs[i % 4 < 2 ? 0 : 1].push(total - z[target]!);
      });
    });
    const mean = (x: readonly number[]): number => x.reduce((sum, y) => sum + y, 0) / x.length;
    const loss = await gradientStep(eventTransformerTraining(options, ROWS), 'onnx');
    expect((await loss.run({ ...batch, parameters }))['loss']![0]).toBeCloseTo(
      mean(costs[0]) + mean(costs[1]),
      4,
    );
    await Promise.all([logitsOf.dispose(), loss.dispose()]);
  });

  it('reads nothing after a position', async () => {
    const length = sequenceLength(options);
    const { step, inputs } = eventTransformerLogits(options, 1, length);
    const compiled = await compileStep(step, inputs, { engine: 'onnx' });
    const tokens = smallBatch(options).tokens.slice(0, length);
    const size = eventTokens(options.codes).size;
    const before = (await compiled.run({ parameters, tokens }))['logits']!;
    const after = (await compiled.run({ parameters, tokens: tokens.with(5, 1) }))['logits']!;
    expect(after.slice(0, 5 * size)).toEqual(before.slice(0, 5 * size));
    expect(after.slice(5 * size, 6 * size)).not.toEqual(before.slice(5 * size, 6 * size));
    await compiled.dispose();
  });

  it('counts the tokens whose id has the greatest logit', async () => {
    const { step, inputs } = eventTransformerEvaluation(options, ROWS);
    const compiled = await compileStep(step, inputs, { engine: 'onnx' });
    const batch = smallBatch(options);
    const { correct, counted } = await compiled.run({ parameters, ...batch });
    const length = sequenceLength(options);
    const { pad, size } = eventTokens(options.codes);
    const plain = eventTransformerLogits(options, ROWS, length);
    const logitsOf = await compileStep(plain.step, plain.inputs, { engine: 'cpu' });
    const rows = rowsOf(batch.tokens, length + 1);
    const tokens = Float32Array.from(rows.flatMap((row) => row.slice(0, length)));
    const logits = rowsOf((await logitsOf.run({ parameters, tokens }))['logits']!, size);
    const hits = rows.flatMap((row, r) =>
      row.slice(1).filter((target, i) => {
        const z = logits[r * length + i]!;
        return target !== pad && z.indexOf(Math.max(...z)) === target;
      }),
    );
    // 4 tokens and EOS, 8 and EOS, 12 without.
    expect(counted![0]).toBe(5 + 9 + 12);
    expect(correct![0]).toBe(hits.length);
    await logitsOf.dispose();
    await compiled.dispose();
  });
});

import { describe, expect, it } from 'vitest';
import { layoutOf, namedArrays } from '../../../src/engine/parameters.js';
import { random } from '../../../src/engine/random.js';
import { drawBits } from '../../../src/trainers/generator/bitDraw.js';
import { ValueDraw } from '../../../src/trainers/generator/valueDraw.js';

const stays = 20_000;
const inside = Array.from({ length: stays }, (_, stay) => stay);
const share = (bits: Float32Array, width: number, bit: number, given?: number): number => {
  const rows = inside.filter((stay) => given === undefined || bits[stay * width + given] === 1);
  return rows.filter((stay) => bits[stay * width + bit] === 1).length / rows.length;
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('drawing bits', () => {
  // One continuous feature (0), a binary (1) and a categorical one (2) with three levels.
  const columns = {
    continuous: [0],
    binary: [
      { feature: 1, level: null },
      { feature: 2, level: 0 },
      { feature: 2, level: 1 },
      { feature: 2, level: 2 },
    ],
    discrete: [1, 2],
  };
  const width = 7;
  const odds = [0.3, -0.5, 0.8, 0.2, -0.4, 0.1, 0];
  const logits = Float32Array.from({ length: stays * width }, (_, i) => odds[i % width]!);
  const chain = new Float32Array(width * width);
  chain[0 * width + 1] = 1.5;

  it('follows log odds, chain and shifts', () => {
    const bits = new Float32Array(stays * width);
    const shifted: number[] = [];
    const shift = (feature: number): number => {
      shifted.push(feature);
      return feature === 2 ? -1 : 0;
    };
    drawBits({ columns, chain, logits, inside, shift }, bits, random('bits'));
    expect(shifted).toEqual([0, 1, 2]);
    expect(share(bits, width, 0)).toBeCloseTo(sigmoid(0.3), 1.7);
    expect(share(bits, width, 1, 0)).toBeCloseTo(sigmoid(-0.5 + 1.5), 1.7);
    expect(share(bits, width, 2)).toBeCloseTo(sigmoid(0.8 - 1), 1.7);
    expect(share(bits, width, 3, 1)).toBeCloseTo(sigmoid(0.2), 1.7);
    // The second level has its chance where the first was not drawn.
    expect(share(bits, width, 5, 2)).toBeCloseTo((1 - sigmoid(-0.4)) * sigmoid(0.1), 1.5);
  });

  it('gives values to observed features only, and an observed category exactly one level', () => {
    const bits = new Float32Array(stays * width);
    drawBits({ columns, chain, logits, inside, shift: () => 0 }, bits, random('levels'));
    for (const stay of inside) {
      const row = bits.subarray(stay * width, (stay + 1) * width);
      expect(row[4]! + row[5]! + row[6]!).toBe(row[2]);
      expect(row[3]!).toBeLessThanOrEqual(row[1]!);
    }
  });

  it('leaves stays that have ended without bits', () => {
    const bits = new Float32Array(stays * width).fill(1);
    drawBits({ columns, chain, logits, inside: [1], shift: () => 50 }, bits, random('ended'));
    expect(bits.subarray(0, width)).toEqual(new Float32Array(width));
    expect(bits[width]).toBe(1);
  });
});

describe('drawing values', () => {
  const [extent, mixtures] = [2, 2];
  const layout = layoutOf([
    { name: 'values_chain_seen_w', shape: [2 * extent, extent], initial: 'zeros' },
    { name: 'values_chain_new_w', shape: [2 * extent, extent], initial: 'zeros' },
  ]);
  const parameters = new Float32Array(layout.size);
  // From the innovation of column 0, seen before, to column 1, seen before.
  namedArrays(layout, parameters)['values_chain_seen_w']![0 * extent + 1] = 0.5;
  const history = { continuous: extent, latents: 0, flags: 0, steps: 1, width: 0 };
  const heads = {
    mean: Float32Array.of(1, 0, -1, 0),
    gate: Float32Array.of(0.5, 1, 0.5, 1),
    pull: Float32Array.of(0.25, 0, 0.25, 0),
    logVariance: Float32Array.of(Math.log(0.01), -8, Math.log(0.04), -8),
    logits: Float32Array.of(Math.log(3), 0, 0, 0),
  };
  const [carried, average] = [2, 6];
  // 0.5 · (2 + 0.25 · (6 − 2))
  const anchor = 1.5;

  it('has the moments of the mixture around carried value and average', () => {
    const values = new ValueDraw({ layout, history, mixtures }, parameters);
    const stream = random('values');
    const drawn = inside.map(() => {
      values.begin();
      return values.draw(heads, 0, 0, carried, average, true, 1, stream);
    });
    const upper = drawn.filter((value) => value > anchor);
    expect(upper.length / drawn.length).toBeCloseTo(0.75, 1.7);
    const mean = upper.reduce((sum, value) => sum + value, 0) / upper.length;
    expect(mean).toBeCloseTo(anchor + 1, 2);
    const deviation = Math.sqrt(upper.reduce((sum, value) => sum + (value - mean) ** 2, 0) / upper.length);
    expect(deviation).toBeCloseTo(0.1, 2);
  });

  it('lets an innovation shift the later columns of its own step only', () => {
    const values = new ValueDraw({ layout, history, mixtures }, parameters);
    const next = (seen: boolean): number => values.draw(heads, 0, 1, 3, 0, seen, 0, random('later'));
    values.begin();
    expect(next(true)).toBeCloseTo(3, 6);
    values.tell(0, 4, true);
    expect(next(true)).toBeCloseTo(5, 6);
    expect(next(false)).toBeCloseTo(3, 6);
    values.begin();
    values.tell(0, 4, false);
    expect(next(true)).toBeCloseTo(3, 6);
  });
});

import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import type { AggregationRule } from '../../../src/federation/aggregation/contract.js';
import { fedavg } from '../../../src/federation/aggregation/fedavg.js';
import { aggregationRules } from '../../../src/federation/aggregation/index.js';
import { matchedHungarian } from '../../../src/federation/aggregation/matchedHungarian.js';
import { aggregateOnce } from './oneRound.js';
import { chain, plantedNetworks } from './smallNetwork.js';

const matching = { twoSided: false, cosine: false, scope: 'network', sweeps: 5 } as const;
const encoder = { ...matching, scope: 'encoder' } as const;
const hungarian = aggregationRules['matched-hungarian'];
const rebasin = aggregationRules['matched-rebasin'];
const otfusion = aggregationRules['matched-otfusion'];

const rules: [string, AggregationRule][] = [
  ['matched-hungarian (LMA-A)', hungarian({ chain, matching })],
  ['matched-hungarian, two-sided', hungarian({ chain, matching: { ...matching, twoSided: true } })],
  ['matched-hungarian, cosine', hungarian({ chain, matching: { ...matching, cosine: true } })],
  [
    'matched-hungarian, two-sided and cosine',
    hungarian({ chain, matching: { ...matching, twoSided: true, cosine: true } }),
  ],
  ['matched-otfusion (LMA-C)', otfusion({ chain, matching })],
  ['matched-rebasin (LMA-D)', rebasin({ chain, matching })],
];
const encoderRules: [string, AggregationRule][] = [
  ['matched-hungarian', hungarian({ chain, matching: encoder })],
  ['matched-otfusion', otfusion({ chain, matching: encoder })],
  ['matched-rebasin', rebasin({ chain, matching: encoder })],
];
const { draw, original, shuffled, noisy, largestDifference } = plantedNetworks(3);

describe('T1: permuted copies', () => {
  it('leave the outputs of a network unchanged to 1e-5', () => {
    for (let trial = 0; trial < 20; trial++)
      expect(largestDifference(original, shuffled())).toBeLessThan(1e-5);
  });

  it.each(rules)('%s averages five of them to the original function, where FedAvg breaks it', (_, rule) => {
    for (let trial = 0; trial < 10; trial++) {
      const updates = [37, 11, 50, 8, 21].map((stays, k) => ({
        hospital: `h${k}`,
        stays,
        parameters: shuffled(),
      }));
      const matched = aggregateOnce(rule, updates, random(4, trial));
      expect(largestDifference(original, matched.parameters)).toBeLessThan(1e-5);
      expect(matched.movedShare).toBeGreaterThan(0.5);
      expect(
        largestDifference(original, aggregateOnce(fedavg, updates, random(4)).parameters),
      ).toBeGreaterThan(0.5);
    }
  });

  it.each(encoderRules)('%s with the encoder alone in scope moves the decoder along', (_, rule) => {
    const updates = [37, 11].map((stays, k) => ({
      hospital: `h${k}`,
      stays,
      parameters: shuffled(original, 2),
    }));
    const result = aggregateOnce(rule, updates, random(4));
    expect(largestDifference(original, result.parameters)).toBeLessThan(1e-5);
    expect(result.permutations?.['h0']).toHaveLength(2);
  });

  it.each(rules)('%s matches noisy ones as well as their unpermuted mean', (_, rule) => {
    const plain = Array.from({ length: 5 }, (__, k) => ({
      hospital: `h${k}`,
      stays: 10 + k,
      parameters: noisy(0.02),
    }));
    const permuted = plain.map((update) => ({ ...update, parameters: shuffled(update.parameters) }));
    const mean = aggregateOnce(fedavg, plain, random(5)).parameters;
    const matched = aggregateOnce(rule, permuted, random(5)).parameters;
    expect(largestDifference(mean, matched)).toBeLessThan(1e-4);
  });
});

describe('T3: neurons that stay in place', () => {
  it.each([...rules, ...encoderRules])('%s is bit-equal to FedAvg and moves nothing', (_, rule) => {
    const updates = Array.from({ length: 3 }, (__, k) => ({
      hospital: `h${k}`,
      stays: 10 + 7 * k,
      parameters: noisy(0.01),
    }));
    const matched = aggregateOnce(rule, updates, random(6));
    const averaged = aggregateOnce(fedavg, updates, random(6));
    expect(matched.movedShare).toBe(0);
    expect(matched.parameters).toEqual(averaged.parameters);
    expect(matched.weights).toEqual(averaged.weights);
  });

  it.each(rules)('%s returns the only hospital of a federation unchanged', (_, rule) => {
    const result = aggregateOnce(rule, [{ hospital: 'h', stays: 3, parameters: original }], random(7));
    expect(result.parameters).toEqual(original);
    expect(result.movedShare).toBe(0);
  });
});

it.each(rules)('%s says which neuron of a hospital went where', (_, rule) => {
  const parameters = shuffled();
  const result = aggregateOnce(
    rule,
    [
      { hospital: 'large', stays: 20, parameters: original },
      { hospital: 'small', stays: 10, parameters },
    ],
    random(8),
  );
  const first = chain.layout.specs[0]!;
  const width = first.shape[1]!;
  const permutation = result.permutations!['small']![0]!;
  for (let slot = 0; slot < width; slot++)
    expect(parameters[first.offset + permutation[slot]!]).toBe(original[first.offset + slot]);
});

describe('bad input', () => {
  it('refuses a chain whose layers do not fit and updates of the wrong size', () => {
    const [first, , third] = chain.layers;
    expect(() => matchedHungarian({ ...chain, layers: [first!, third!] }, matching)).toThrow(
      /does not take the outputs/,
    );
    for (const [, rule] of rules)
      expect(() =>
        aggregateOnce(
          rule,
          [
            { hospital: 'a', stays: 1, parameters: original },
            { hospital: 'b', stays: 1, parameters: draw.fillNormal(new Float32Array(3)) },
          ],
          random(8),
        ),
      ).toThrow(/parameters where/);
  });
});

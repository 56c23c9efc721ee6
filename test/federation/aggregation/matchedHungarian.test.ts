import { describe, expect, it } from 'vitest';
import type { ParameterLayout } from '../../../src/engine/contract.js';
import { random } from '../../../src/engine/random.js';
import { fedavg } from '../../../src/federation/aggregation/fedavg.js';
import {
  matchedHungarian,
  permuteNeurons,
  type DenseChain,
} from '../../../src/federation/aggregation/matchedHungarian.js';
import { roundOf } from './oneRound.js';

const widths = [9, 12, 5, 12, 9];

function denseChain(): DenseChain {
  let offset = 0;
  const place = (name: string, shape: number[]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    offset += size;
    return { name, shape, size, offset: offset - size, initial: 'zeros' as const };
  };
  const specs = widths
    .slice(1)
    .flatMap((outputs, l) => [
      place(`layer${l}.weight`, [widths[l]!, outputs]),
      place(`layer${l}.bias`, [outputs]),
    ]);
  const layout: ParameterLayout = { specs, size: offset };
  const layers = widths.slice(1).map((_, l) => ({ weight: `layer${l}.weight`, bias: `layer${l}.bias` }));
  return { layout, layers, encoderLayers: 2 };
}

const chain = denseChain();
const options = { twoSided: false, cosine: false, scope: 'network', sweeps: 5 } as const;

/** The network in plain arithmetic: ReLU after the first and third layer, linear latents and outputs. */
function network(parameters: Float32Array, input: readonly number[]): number[] {
  let values = [...input];
  for (let l = 0; l < chain.layers.length; l++) {
    const weight = chain.layout.specs[2 * l]!;
    const bias = chain.layout.specs[2 * l + 1]!;
    const outputs = weight.shape[1]!;
    const next = Array.from({ length: outputs }, (_, j) => {
      let sum = parameters[bias.offset + j]!;
      for (let i = 0; i < values.length; i++)
        sum += values[i]! * parameters[weight.offset + i * outputs + j]!;
      return l % 2 === 0 ? Math.max(sum, 0) : sum;
    });
    values = next;
  }
  return values;
}

const draw = random(3, 'matching');
const original = draw.fillNormal(new Float32Array(chain.layout.size));
const probes = Array.from({ length: 20 }, () => Array.from({ length: widths[0]! }, () => draw.normal()));
const shuffled = () =>
  permuteNeurons(
    original,
    chain,
    widths.slice(1, -1).map((width) => draw.permutation(width)),
  );
const largestDifference = (a: Float32Array, b: Float32Array) =>
  Math.max(
    ...probes.map((probe) => {
      const expected = network(a, probe);
      return Math.max(...network(b, probe).map((value, i) => Math.abs(value - expected[i]!)));
    }),
  );

describe('T1: permutation exactness', () => {
  it('leaves the outputs of a network unchanged to 1e-5 when its neurons are permuted', () => {
    for (let trial = 0; trial < 20; trial++)
      expect(largestDifference(original, shuffled())).toBeLessThan(1e-5);
  });

  it.each([
    options,
    { ...options, twoSided: true },
    { ...options, cosine: true },
    { ...options, twoSided: true, cosine: true },
  ])('averages five permuted copies to the original function (%o)', (variant) => {
    const updates = [37, 11, 50, 8, 21].map((stays, k) => ({
      hospital: `h${k}`,
      stays,
      steps: 5,
      parameters: shuffled(),
    }));
    const matched = matchedHungarian(chain, variant).aggregate(updates, {}, random(4), roundOf(updates));
    expect(largestDifference(original, matched.parameters)).toBeLessThan(1e-5);
    expect(matched.movedShare).toBeGreaterThan(0.5);
    expect(
      largestDifference(original, fedavg.aggregate(updates, {}, random(4), roundOf(updates)).parameters),
    ).toBeGreaterThan(0.5);
  });

  it('with the encoder alone in scope still moves the inputs of the decoder with the latents', () => {
    const updates = [37, 11].map((stays, k) => ({
      hospital: `h${k}`,
      stays,
      steps: 5,
      parameters: permuteNeurons(original, chain, [draw.permutation(12), draw.permutation(5)]),
    }));
    const result = matchedHungarian(chain, { ...options, scope: 'encoder' }).aggregate(
      updates,
      {},
      random(4),
      roundOf(updates),
    );
    expect(largestDifference(original, result.parameters)).toBeLessThan(1e-5);
    expect(result.permutations?.['h0']).toHaveLength(2);
  });

  it('matches noisy permuted copies nearly as well as their unpermuted mean', () => {
    const noisy = Array.from({ length: 5 }, () => original.map((value) => value + 0.02 * draw.normal()));
    const plain = noisy.map((parameters, k) => ({ hospital: `h${k}`, stays: 10 + k, steps: 5, parameters }));
    const permuted = plain.map((update) => ({
      ...update,
      parameters: permuteNeurons(
        update.parameters,
        chain,
        widths.slice(1, -1).map((width) => draw.permutation(width)),
      ),
    }));
    const mean = fedavg.aggregate(plain, {}, random(5), roundOf(plain)).parameters;
    const matched = matchedHungarian(chain, options).aggregate(
      permuted,
      {},
      random(5),
      roundOf(permuted),
    ).parameters;
    expect(largestDifference(mean, matched)).toBeLessThan(1e-4);
  });
});

describe('T3: neurons that stay in place', () => {
  it('is bit-equal to FedAvg and moves nothing when hospitals differ little', () => {
    const updates = Array.from({ length: 3 }, (_, k) => ({
      hospital: `h${k}`,
      stays: 10 + 7 * k,
      steps: 5,
      parameters: original.map((value) => value + 0.01 * draw.normal()),
    }));
    const matched = matchedHungarian(chain, options).aggregate(updates, {}, random(6), roundOf(updates));
    const averaged = fedavg.aggregate(updates, {}, random(6), roundOf(updates));
    expect(matched.movedShare).toBe(0);
    expect(matched.parameters).toEqual(averaged.parameters);
    expect(matched.weights).toEqual(averaged.weights);
  });

  it('returns the only hospital of a federation unchanged', () => {
    const result = matchedHungarian(chain, options).aggregate(
      [{ hospital: 'h', stays: 3, steps: 5, parameters: original }],
      {},
      random(7),
      roundOf([{ hospital: 'h', stays: 3, steps: 5, parameters: original }]),
    );
    expect(result.parameters).toEqual(original);
    expect(result.movedShare).toBe(0);
  });
});

describe('bad input', () => {
  it('refuses a chain whose layers do not fit and updates of the wrong size', () => {
    const [first, , third] = chain.layers;
    expect(() => matchedHungarian({ ...chain, layers: [first!, third!] }, options)).toThrow(
      /does not take the outputs/,
    );
    expect(() =>
      matchedHungarian(chain, options).aggregate(
        [
          { hospital: 'a', stays: 1, steps: 5, parameters: original },
          { hospital: 'b', stays: 1, steps: 5, parameters: original.slice(1) },
        ],
        {},
        random(8),
        roundOf([
          { hospital: 'a', stays: 1, steps: 5, parameters: original },
          { hospital: 'b', stays: 1, steps: 5, parameters: original.slice(1) },
        ]),
      ),
    ).toThrow(/parameters where/);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { placedLayers } from '../../../src/federation/aggregation/denseChain.js';
import { matchWeights } from '../../../src/federation/aggregation/matchedRebasin.js';
import { chain, permuteNeurons, widths } from './smallNetwork.js';

const layers = placedLayers(chain);
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

it('weight matching never lowers ⟨reference, parameters⟩, leaves a fixed point, and tells its permutations', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3 }), (seed, matched) => {
      const draw = random(seed, 'rebasin');
      const reference = Float64Array.from({ length: chain.layout.size }, () => draw.normal());
      const before = draw.fillNormal(new Float32Array(chain.layout.size));
      const parameters = before.slice();
      const permutations = widths
        .slice(1, 1 + matched)
        .map((width) => Uint32Array.from({ length: width }, (_, i) => i));
      const moved = matchWeights(reference, parameters, layers, permutations, draw);
      expect(inner(reference, parameters)).toBeGreaterThanOrEqual(inner(reference, before) - 1e-9);
      expect(parameters).toEqual(permuteNeurons(before, chain, permutations));
      expect(moved).toBe(permutations.some((order) => order.some((neuron, slot) => neuron !== slot)));
      const again = parameters.slice();
      expect(matchWeights(reference, again, layers, permutations, draw)).toBe(false);
      expect(again).toEqual(parameters);
    }),
    { numRuns: 60 },
  );
});

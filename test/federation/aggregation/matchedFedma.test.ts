import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import {
  joined,
  layerOfRows,
  layersOf,
  pickNeurons,
  rowsOf,
  scatterInputs,
} from '../../../src/federation/aggregation/layerValues.js';
import { matchFedmaLayer, type FedmaOptions } from '../../../src/federation/aggregation/matchedFedma.js';
import { TrainingFailure } from '../../../src/federation/trainingFailure.js';

const options: FedmaOptions = {
  variance: 1,
  priorVariance: 1,
  gamma: 7,
  sweeps: 2,
  priorMean: 0,
  biasPriorMean: 0.1,
  growth: 2,
  beyondGrowth: 'hold',
  latents: 'fixed',
};
const draw = random(1, 'fedma');
const layer = (inputs: number, outputs: number) =>
  layersOf(draw.fillNormal(new Float32Array((inputs + 1) * outputs)), [inputs, outputs])[0]!;

describe('layers by themselves', () => {
  it('are cut from and joined to one vector, and turn into rows per neuron and back', () => {
    const widths = [3, 4, 2, 5];
    const flat = draw.fillNormal(new Float32Array(4 * 4 + 5 * 2 + 3 * 5));
    expect(joined(layersOf(flat, widths))).toEqual(flat);
    expect(() => layersOf(flat, [3, 4, 2])).toThrow(/parameters, not/);
    const one = layer(3, 4);
    expect(layerOfRows(rowsOf(one), 3)).toEqual(one);
    expect([...rowsOf(one).subarray(4, 8)]).toEqual([
      one.values[1],
      one.values[5],
      one.values[9],
      one.values[13],
    ]);
  });

  it('on a wider layer have weights of zero for neurons that the hospital does not have, and get their own back', () => {
    const one = layer(3, 2);
    const places = Uint32Array.of(4, 0, 2);
    const wide = scatterInputs(one, places, 5);
    expect([wide.inputs, wide.outputs]).toEqual([5, 2]);
    for (const unmatched of [1, 3])
      expect([...wide.values.subarray(2 * unmatched, 2 * unmatched + 2)]).toEqual([0, 0]);
    expect([...wide.values.subarray(10)]).toEqual([...one.values.subarray(6)]);
    expect(pickNeurons(wide, places, null)).toEqual(one);
    expect(pickNeurons(one, null, Uint32Array.of(1)).values).toEqual(
      Float32Array.from([1, 3, 5, 7].map((i) => one.values[i]!)),
    );
  });
});

describe('one layer of FedMA', () => {
  const strangers = Array.from({ length: 3 }, () => layer(30, 8));
  const small = { ...options, variance: 0.01 };
  const place = { name: 'the latents', latent: true };
  const width = (own: Partial<FedmaOptions>, latent = false) =>
    matchFedmaLayer(strangers, { ...place, latent }, { ...small, ...own }, random(2)).layer.outputs;

  it('grows by neurons that nobody shares, up to its limit, and fails beyond it where the options say so', () => {
    expect(width({ growth: 3 })).toBe(24);
    expect(width({ growth: 2 })).toBe(16);
    expect(width({ growth: 1.5 })).toBe(12);
    expect(width({ growth: 3, beyondGrowth: 'fail' })).toBe(24);
    expect(() => width({ growth: 2, beyondGrowth: 'fail' })).toThrow(TrainingFailure);
    expect(() => width({ growth: 2, beyondGrowth: 'fail' })).toThrow(
      /24 neurons of the 8 of the latents, more than growth 2 allows \(16\)/,
    );
  });

  it('keeps the number of latents unless they may grow', () => {
    expect(width({}, true)).toBe(8);
    expect(width({ latents: 'grow' }, true)).toBe(16);
  });

  it('of hospitals alike moves nothing and shrinks by m / (m + 1); of shuffled ones it moves neurons', () => {
    const one = layer(5, 6);
    const alike = matchFedmaLayer([one, one, one], place, { ...options, biasPriorMean: 0 }, random(3));
    expect(alike.moved).toBe(0);
    alike.layer.values.forEach((value, i) => expect(value).toBeCloseTo(0.75 * one.values[i]!, 6));
    const turned = pickNeurons(one, null, Uint32Array.of(1, 2, 3, 4, 5, 0));
    const matched = matchFedmaLayer([one, turned], place, options, random(3));
    expect(matched.moved).toBe(0.5);
    expect([...matched.places[1]!]).toEqual([1, 2, 3, 4, 5, 0]);
  });
});

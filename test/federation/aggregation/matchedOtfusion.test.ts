import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { placedLayers } from '../../../src/federation/aggregation/denseChain.js';
import {
  matchedOtfusion,
  neuronRows,
  transportOnto,
  type NeuronRows,
} from '../../../src/federation/aggregation/matchedOtfusion.js';
import { cheapestAssignment } from '../../../src/federation/hungarian.js';
import { aggregateOnce } from './oneRound.js';
import { chain, network, plantedNetworks } from './smallNetwork.js';

const layers = placedLayers(chain);
const { draw, original, noisy } = plantedNetworks(11);
const rowsOf = (parameters: Float32Array) => layers.map((layer) => neuronRows(parameters, layer));

/** The network of `rowsOf` in plain arithmetic, for layers of any width. */
function run(rows: readonly NeuronRows[], input: readonly number[]): number[] {
  return rows.reduce<number[]>(
    (values, layer, l) =>
      Array.from({ length: layer.outputs }, (_, j) => {
        const row = layer.rows.subarray(j * (layer.inputs + 1), (j + 1) * (layer.inputs + 1));
        const sum = values.reduce((total, value, x) => total + value * row[x]!, row[layer.inputs]!);
        return l % 2 === 0 ? Math.max(sum, 0) : sum;
      }),
    [...input],
  );
}

/** The same function with neuron `doubled` of the first layer standing twice, each copy with half of what it sends on. */
function withDoubledNeuron(rows: readonly NeuronRows[], doubled: number): NeuronRows[] {
  const [first, second, ...rest] = rows;
  const width = first!.inputs + 1;
  const wider = new Float64Array((first!.outputs + 1) * width);
  wider.set(first!.rows);
  wider.set(first!.rows.subarray(doubled * width, (doubled + 1) * width), first!.outputs * width);
  const inputs = second!.inputs + 1;
  const next = new Float64Array(second!.outputs * (inputs + 1));
  for (let j = 0; j < second!.outputs; j++) {
    const half = second!.rows[j * inputs + doubled]! / 2;
    next.set(second!.rows.subarray(j * inputs, j * inputs + second!.inputs), j * (inputs + 1));
    next[j * (inputs + 1) + doubled] = half;
    next[j * (inputs + 1) + second!.inputs] = half;
    next[j * (inputs + 1) + inputs] = second!.rows[j * inputs + second!.inputs]!;
  }
  return [
    { inputs: first!.inputs, outputs: first!.outputs + 1, rows: wider },
    { inputs: first!.outputs + 1, outputs: second!.outputs, rows: next },
    ...rest,
  ];
}

describe('matched-otfusion', () => {
  it('between equal widths is the Hungarian permutation on Euclidean distances of [weights | bias]', () => {
    const other = draw.fillNormal(new Float32Array(chain.layout.size));
    const result = aggregateOnce(
      matchedOtfusion(chain, { scope: 'network' }),
      [
        { hospital: 'a', stays: 20, parameters: original },
        { hospital: 'b', stays: 10, parameters: other },
      ],
      random(1),
    );
    const [reference] = rowsOf(original);
    const [own] = rowsOf(other);
    const width = own!.inputs + 1;
    const costs = Float64Array.from({ length: reference!.outputs ** 2 }, (_, i) => {
      const g = Math.floor(i / reference!.outputs) * width;
      const o = (i % reference!.outputs) * width;
      return Math.hypot(
        ...Array.from({ length: width }, (__, x) => reference!.rows[g + x]! - own!.rows[o + x]!),
      );
    });
    expect(result.permutations!['b']![0]).toEqual(
      cheapestAssignment(costs, reference!.outputs, reference!.outputs),
    );
    expect(result.permutations!['a']!.flatMap((permutation) => [...permutation])).toEqual(
      layers.slice(0, -1).flatMap(({ outputs }) => Array.from({ length: outputs }, (_, i) => i)),
    );
  });

  it('moves a wider network onto a narrower one: a neuron that stands twice is merged again', () => {
    const reference = rowsOf(original);
    const { layers: moved, transports } = transportOnto(reference, withDoubledNeuron(reference, 4), 3);
    expect(moved.map(({ inputs, outputs }) => [inputs, outputs])).toEqual(
      reference.map(({ inputs, outputs }) => [inputs, outputs]),
    );
    // Both copies of the neuron go to its place and nowhere else as far as the marginals allow: 12/13 of a neuron each.
    const outputs = reference[0]!.outputs;
    const share = (i: number, j: number) => transports[0]![i * outputs + j]!;
    expect(share(4, 4) + share(outputs, 4)).toBeCloseTo(1, 12);
    for (let j = 0; j < outputs; j++)
      expect(Array.from({ length: outputs + 1 }, (_, i) => share(i, j)).reduce((a, b) => a + b)).toBeCloseTo(
        1,
        12,
      );
  });

  it('moves a narrower network onto a wider one and keeps the inputs of the next layer in step', () => {
    const narrow = rowsOf(original);
    const wide = withDoubledNeuron(narrow, 4);
    const probe = Array.from({ length: 9 }, () => draw.normal());
    expect(run(wide, probe).map((value) => value.toFixed(6))).toEqual(
      network(original, probe).map((value) => value.toFixed(6)),
    );
    const { layers: moved } = transportOnto(wide, narrow, 3);
    expect(moved[0]!.outputs).toBe(13);
    expect(moved[1]!.inputs).toBe(13);
    // Every place of the wide layer takes rows of the narrow one in shares that sum to one.
    const bias = (rows: NeuronRows, j: number) => rows.rows[(j + 1) * (rows.inputs + 1) - 1]!;
    expect(bias(moved[0]!, 4)).toBeCloseTo(bias(narrow[0]!, 4), 10);
  });

  it('refuses unequal widths of a layer that is not matched', () => {
    const reference = rowsOf(original);
    expect(() => transportOnto(reference, withDoubledNeuron(reference, 0), 0)).toThrow(
      /where the reference has/,
    );
    expect(transportOnto(reference, rowsOf(noisy(0)), 0).layers).toEqual(reference);
  });
});

import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import { initialParameters, namedArrays, namedTensors } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { KNOWN_FACTS } from '../../src/models/observationDecoder.js';
import {
  observationPrior,
  observationStart,
  observationState,
  observationValues,
} from '../../src/models/observationSteps.js';
import {
  observationBatch,
  observationTcvaeLayout,
  observationTerms,
  observationTraining,
  type ObservationTcvaeOptions,
} from '../../src/models/observationTcvae.js';
import { directionalError, gradientStep, randomBatch, relativeDistance } from './support.js';

const base: ObservationTcvaeOptions = {
  steps: 3,
  conditions: 3,
  latents: 5,
  codes: 2,
  hidden: 6,
  latentFeatures: 7,
  codeFeatures: 5,
  conditionFeatures: 4,
  mlpUnits: 8,
  freeBits: 0,
  // Three masks, the first two of continuous features, and two 0/1 values.
  bits: 5,
  continuous: 2,
  decoderUnits: 9,
  valueUnits: 6,
  mixtures: 3,
};
const ROWS = 4;
const bits = ['bits', 'bitWeight', 'stepMask', 'rowWeight'];
const { bits: B, continuous: C, mixtures: K } = base;

/** Parameters large enough that everything matters; the chains start at 0 in a fresh model, so they are drawn here. */
const lively = (options: ObservationTcvaeOptions, name: string): Float32Array => {
  const layout = observationTcvaeLayout(options);
  const stream = random(name);
  const flat = initialParameters(layout, stream).map((x) => 1.5 * x);
  const arrays = namedArrays(layout, flat);
  for (const [part, array] of Object.entries(arrays))
    if (/chain|previous|known/.test(part)) array.forEach((_, i) => (array[i] = 0.4 * stream.normal()));
  return flat;
};

/** A batch in which "seen" is 0 or 1. */
function someBatch(options: ObservationTcvaeOptions, name: string): Record<string, Float32Array> {
  const batch = randomBatch(observationBatch(options, ROWS), random(name), bits);
  const known = batch['known']!;
  for (let row = 0; row < options.steps * ROWS; row++)
    for (let c = 0; c < C; c++) {
      const at = row * KNOWN_FACTS * C + c;
      known[at + C] = known[at + C]! > 0 ? 1 : 0;
      if (known[at + C] === 0) known[at] = 0;
    }
  return batch;
}

describe('the TCVAE that draws observations', () => {
  it.each([
    ['defaults', base],
    ['one Gaussian, free bits', { ...base, mixtures: 1, freeBits: 0.2 }],
    ['one step', { ...base, steps: 1 }],
  ] as const)(
    'has the same gradients on onnx and cpu, and those of differences (%s)',
    async (name, options) => {
      const definition = observationTraining(options, ROWS, {});
      const batch = someBatch(options, `batch ${name}`);
      const parameters = lively(options, name);
      const traced = await gradientStep(definition, 'onnx');
      const eager = await gradientStep(definition, 'cpu');
      const [a, b] = [await traced.run({ ...batch, parameters }), await eager.run({ ...batch, parameters })];
      expect(a['loss']![0]).toBeCloseTo(b['loss']![0]!, 4);
      expect(relativeDistance(a['gradient']!, b['gradient']!)).toBeLessThan(1e-4);
      expect(await directionalError(traced, parameters, batch, random('directions', name))).toBeLessThan(
        2e-3,
      );
      await Promise.all([traced.dispose(), eager.dispose()]);
    },
  );

  it('trains what it draws: the steps give the densities of the loss, cell by cell', async () => {
    const layout = observationTcvaeLayout(base);
    const parameters = lively(base, 'steps');
    const arrays = namedArrays(layout, parameters);
    // Without weights on the code, prior and posterior lead to the same features.
    arrays['code_w']!.fill(0);
    const batch = someBatch(base, 'steps');
    const inputs = Object.fromEntries(
      Object.entries(observationBatch(base, ROWS)).filter(([name]) => name !== 'beta'),
    );
    const terms = await compileStep(
      ({ parameters: flat, ...tensors }) => {
        const { bitsDensity, valuesDensity } = observationTerms(base, namedTensors(layout, flat!), tensors);
        return { bitsDensity, valuesDensity };
      },
      { parameters: [layout.size], ...inputs },
      { engine: 'cpu' },
    );
    const { bitsDensity, valuesDensity } = await terms.run({ ...batch, parameters });

    const steps = {
      start: observationStart,
      prior: observationPrior,
      values: observationValues,
      state: observationState,
    };
    const compiled = Object.fromEntries(
      await Promise.all(
        Object.entries(steps).map(async ([name, step]) => {
          const definition = step(base, ROWS);
          return [name, await compileStep(definition.step, definition.inputs, { engine: 'onnx' })] as const;
        }),
      ),
    );
    const condition = batch['condition']!;
    const at = (name: string, t: number): Float32Array => {
      const width = batch[name]!.length / base.steps;
      return batch[name]!.slice(t * width, (t + 1) * width);
    };
    let { state } = await compiled['start']!.run({ parameters, condition });
    for (let t = 0; t < base.steps; t++) {
      const before = (name: string): Float32Array => (t === 0 ? at(name, 0).fill(0) : at(name, t - 1));
      const { code, hidden, logits } = await compiled['prior']!.run({
        parameters,
        state: state!,
        history: before('history'),
        previousBits: before('bits'),
        condition,
        noise: new Float32Array(ROWS * base.codes),
        scale: Float32Array.of(1),
      });
      const [drawn, weight, values, known] = [
        at('bits', t),
        at('bitWeight', t),
        at('values', t),
        at('known', t),
      ];
      const shown = drawn.map((bit, i) => bit * weight[i]!);
      const heads = await compiled['values']!.run({ parameters, hidden: hidden!, bits: shown, known });
      for (let row = 0; row < ROWS; row++) {
        let bitsTotal = 0;
        for (let b = 0; b < B; b++) {
          let odds = logits![row * B + b]!;
          for (let e = 0; e < b; e++) odds += shown[row * B + e]! * arrays['bits_chain_w']![e * B + b]!;
          const p = 1 / (1 + Math.exp(-odds));
          bitsTotal += weight[row * B + b]! * Math.log(drawn[row * B + b] === 1 ? p : 1 - p);
        }
        expect(bitsDensity![t * ROWS + row]).toBeCloseTo(bitsTotal, 4);

        let valuesTotal = 0;
        const fact = (index: number, c: number): number => known[(row * KNOWN_FACTS + index) * C + c]!;
        for (let c = 0; c < C; c++) {
          if (drawn[row * B + c] === 0) continue;
          let shift = 0;
          for (let e = 0; e < c; e++) {
            const chain = arrays[fact(1, c) === 1 ? 'values_chain_seen_w' : 'values_chain_new_w']!;
            const innovation = drawn[row * B + e]! * (values[row * C + e]! - fact(0, e));
            shift += innovation * chain[(fact(1, e) === 1 ? e : C + e) * C + c]!;
          }
          const head = (name: string, k: number): number => heads[name]![(row * K + k) * C + c]!;
          let density = 0;
          let total = 0;
          for (let k = 0; k < K; k++) {
            const anchor = fact(0, c) + head('pull', k) * (fact(3, c) - fact(0, c));
            const mean = head('mean', k) + head('gate', k) * anchor + shift;
            const variance = Math.exp(head('logVariance', k));
            const share = Math.exp(head('logits', k));
            total += share;
            density +=
              (share * Math.exp((-0.5 * (values[row * C + c]! - mean) ** 2) / variance)) /
              Math.sqrt(2 * Math.PI * variance);
          }
          valuesTotal += Math.log(density / total);
        }
        expect(Math.abs(valuesDensity![t * ROWS + row]! - valuesTotal)).toBeLessThan(
          1e-4 * (1 + Math.abs(valuesTotal)),
        );
      }
      ({ state } = await compiled['state']!.run({
        parameters,
        state: state!,
        code: code!,
        history: at('history', t),
        condition,
      }));
    }
    await Promise.all([terms.dispose(), ...Object.values(compiled).map((step) => step.dispose())]);
  });

  it('learns nothing from cells that are not observed and steps beyond the end of a stay', async () => {
    const definition = observationTraining(base, ROWS, {});
    const step = await gradientStep(definition, 'cpu');
    const parameters = lively(base, 'unseen');
    const batch = someBatch(base, 'unseen');
    const first = await step.run({ ...batch, parameters });
    const changed = {
      ...batch,
      values: batch['values']!.map((value, i) => {
        const row = Math.floor(i / C);
        return batch['bits']![row * B + (i % C)] === 1 && batch['stepMask']![row] === 1 ? value : 99;
      }),
    };
    const second = await step.run({ ...changed, parameters });
    expect(second['loss']).toEqual(first['loss']);
    expect(second['gradient']).toEqual(first['gradient']);
    await step.dispose();
  });
});

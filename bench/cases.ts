import type { Arrays, ParameterLayout, TrainingDefinition } from '../src/engine/contract.js';
import { random } from '../src/engine/random.js';
import { AUTOENCODER_DEFAULTS, autoencoderTraining } from '../src/models/autoencoder.js';
import { observationTraining } from '../src/models/observationTcvae.js';
import { eventTransformerTraining } from '../src/models/eventTransformer.js';
import { eventTokens, sequenceLength } from '../src/models/eventTransformerOptions.js';
import { TCVAE_DEFAULTS, tcvaeTraining } from '../src/models/tcvae.js';
import { CONFIGURATION_S } from './eventTransformerSizes.js';

/** A training step to time, at the shapes of `peers/torch_train.py`. */
export interface BenchCase {
  readonly name: string;
  readonly definition: TrainingDefinition;
  /** Batches made before the clock starts, used in turn. */
  readonly batches: readonly Arrays[];
  /** Floating-point operations of the matrix products of one step, forward and backward. */
  readonly flops: number;
  /** Cases of the peer that do the same work, with the share of their time that ours may take. */
  readonly peers: readonly { readonly name: string; readonly bar: number }[];
  /** Whether training hands its batches to the engine in series, see `BatchSeries`. */
  readonly inSeries: boolean;
  /** Steps of a round, ours and the peer's, where a step is long. */
  readonly steps?: number;
}

const BATCHES = 8;

/**
 * 2·rows·inputs·outputs for each of the forward product, the weight's gradient and the input's gradient; the last is
 * not needed where a matrix reads data.
 */
function productFlops(
  layout: ParameterLayout,
  rows: (name: string) => number,
  readsData: readonly string[],
): number {
  return layout.specs
    .filter(({ shape }) => shape.length === 2)
    .reduce((sum, { name, size }) => sum + 2 * rows(name) * size * (readsData.includes(name) ? 2 : 3), 0);
}

function autoencoderCase(rows: number): BenchCase {
  const generator = random('bench', rows);
  const bits = (count: number, share: number): Float32Array =>
    new Float32Array(count).map(() => (generator.uniform() < share ? 1 : 0));
  const definition = autoencoderTraining(
    { ...AUTOENCODER_DEFAULTS, binary: 237, continuous: 12, latentPenalty: 0 },
    rows,
  );
  return {
    name: `autoencoder_b${rows}`,
    definition,
    batches: Array.from({ length: BATCHES }, () => {
      const mask = bits(12 * rows, 0.4);
      return {
        binary: bits(237 * rows, 0.1),
        mask,
        continuous: mask.map((m) => m * generator.normal()),
        cellWeight: mask,
        rowWeight: new Float32Array(rows).fill(1),
      };
    }),
    flops: productFlops(definition.layout, () => rows, ['enc1_w']),
    peers: [{ name: `autoencoder_b${rows}`, bar: 0.7 }],
    inSeries: true,
  };
}

function tcvaeCase(): BenchCase {
  const [steps, rows, conditions] = [24, 64, 20];
  const { latents, codes } = TCVAE_DEFAULTS;
  const generator = random('bench', 'tcvae');
  const definition = tcvaeTraining({ ...TCVAE_DEFAULTS, steps, conditions }, rows);
  const batch = (): Arrays => {
    const latent = new Float32Array(steps * rows * latents);
    for (let i = 0; i < rows * latents; i++) {
      let walk = 0;
      for (let t = 0; t < steps; t++) {
        walk += generator.normal() / Math.sqrt(steps);
        latent[t * rows * latents + i] = walk;
      }
    }
    const condition = new Float32Array(rows * conditions);
    const stepMask = new Float32Array(steps * rows);
    for (let row = 0; row < rows; row++) {
      condition[row * conditions + generator.integer(conditions)] = 1;
      const length = steps / 2 + generator.integer(steps / 2 + 1);
      for (let t = 0; t < length; t++) stepMask[t * rows + row] = 1;
    }
    return {
      latent,
      condition,
      stepMask,
      rowWeight: new Float32Array(rows).fill(1),
      noise: generator.fillNormal(new Float32Array(steps * rows * codes)),
      beta: Float32Array.of(1),
    };
  };
  const oncePerSequence = (name: string): boolean => /^(condition|start)_w$|_condition_w$/.test(name);
  return {
    name: 'tcvae',
    definition,
    batches: Array.from({ length: BATCHES }, batch),
    flops: productFlops(definition.layout, (name) => (oncePerSequence(name) ? rows : rows * steps), [
      'latent_w',
      'condition_w',
    ]),
    peers: [
      { name: 'tcvae', bar: 0.25 },
      { name: 'tcvae_hoisted', bar: 0.4 },
    ],
    inSeries: false,
  };
}

/** The default of stage two on PhysioNet 2019: 34 measurements, each with a mask and six facts, and 24 latents. */
function observationCase(): BenchCase {
  const [steps, rows] = [24, 64];
  const generator = random('bench', 'observations');
  const definition = observationTraining(
    {
      ...TCVAE_DEFAULTS,
      steps,
      conditions: 12,
      latents: 24 + 34 * 7 + 1,
      codes: 8,
      bits: 34,
      continuous: 34,
      decoderUnits: 128,
      valueUnits: 128,
      mixtures: 3,
    },
    rows,
    { clipNorm: 1 },
  );
  const ones = ['bitWeight', 'stepMask', 'rowWeight', 'beta'];
  const batch = (): Arrays =>
    Object.fromEntries(
      Object.entries(definition.batch).map(([name, shape]) => {
        const array = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
        if (ones.includes(name)) array.fill(1);
        else if (name === 'bits') array.forEach((_, i) => (array[i] = generator.uniform() < 0.2 ? 1 : 0));
        else generator.fillNormal(array);
        return [name, array];
      }),
    );
  const oncePerSequence = (name: string): boolean => /^(condition|start)_w$|_condition_w$/.test(name);
  return {
    name: 'observations',
    definition,
    batches: Array.from({ length: BATCHES }, batch),
    flops: productFlops(definition.layout, (name) => (oncePerSequence(name) ? rows : rows * steps), [
      'latent_w',
      'condition_w',
      'decoder1_history_w',
      'bits_previous_w',
      'bits_chain_w',
      'values1_known_w',
      'values_chain_seen_w',
      'values_chain_new_w',
    ]),
    peers: [],
    inSeries: true,
  };
}

/** RawMed's stage two as the peer has it: 24 events of ten tokens, no dropout, 160 ids. */
function transformerCase(): BenchCase {
  const rows = 16;
  const generator = random('bench', 'transformer');
  const options = {
    ...CONFIGURATION_S,
    codes: 147,
    eventCodes: 8,
    timeDigits: 2,
    maxEvents: 24,
    dropout: 0,
  };
  const length = sequenceLength(options);
  const { start, size } = eventTokens(options.codes);
  const definition = eventTransformerTraining(options, rows);
  const products = productFlops(
    definition.layout,
    (name) => (/^(token|position)$/.test(name) ? 0 : rows * length),
    [],
  );
  // Scores and weighted values of the causal half, and twice as many for their gradient.
  const attention = options.layers * 3 * 2 * 2 * rows * ((length * (length + 1)) / 2) * options.width;
  return {
    name: 'transformer',
    definition,
    batches: Array.from({ length: BATCHES }, () => ({
      tokens: Float32Array.from({ length: rows * (length + 1) }, (_, i) =>
        i % (length + 1) === 0 ? start : generator.integer(size),
      ),
      rowWeight: new Float32Array(rows).fill(1),
      batchWeight: Float32Array.of(1),
    })),
    flops: products + attention,
    peers: [{ name: 'transformer', bar: 0.6 }],
    inSeries: false,
    steps: 20,
  };
}

export const benchCases = (): readonly BenchCase[] => [
  autoencoderCase(128),
  autoencoderCase(512),
  tcvaeCase(),
  observationCase(),
  transformerCase(),
];

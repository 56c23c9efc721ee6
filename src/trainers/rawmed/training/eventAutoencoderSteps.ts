import { compileStep } from '../../../engine/compile.js';
import type { AdamOptions, EngineOptions, OptimiserState } from '../../../engine/contract.js';
import { initialParameters } from '../../../engine/parameters.js';
import type { Random } from '../../../engine/random.js';
import { compileTraining } from '../../../engine/training.js';
import { eventAutoencoderEvaluation, eventAutoencoderTraining } from '../../../models/eventAutoencoder.js';
import {
  eventAutoencoderLayout,
  runningSize,
  STREAMS,
  type EventAutoencoderOptions,
  type Stream,
} from '../../../models/eventAutoencoderOptions.js';
import type { TrainedSteps } from './trainingLoop.js';

/** Different events as aligned id streams, with how often each occurs. */
export interface EventIds {
  readonly count: number;
  /** [count · L] */
  readonly tokens: Uint16Array;
  /** [count · L] */
  readonly types: Uint8Array;
  /** [count · L] */
  readonly places: Uint8Array;
  /** [count] */
  readonly weight: Uint32Array;
}

/** Everything that the event autoencoder learns. Every vector may be averaged over hospitals, but the codebook follows from usage and sums. */
export interface EventAutoencoderState {
  /** Parameters and moments. */
  readonly optimiser: OptimiserState;
  /** Mean and variance of every normalised layer, outside the optimiser. */
  readonly running: Float32Array;
  /** Moving averages of the codes. [K] and [K · width] */
  readonly usage: Float32Array;
  readonly codeSums: Float32Array;
  /** [K · width] */
  readonly codebook: Float32Array;
}

/** Share by which a batch moves the running statistics, as torch.nn.BatchNorm1d has it. */
const MOMENTUM = 0.1;

/** AdamW with torch's decay, and the published clip. */
export const RAWMED_ADAM: AdamOptions = { decoupledDecay: 0.01, clipNorm: 5 };

/**
 * A state to start from. Codes are uniform in ±√(6/(K·width)), their published start, with no usage and themselves as sums.
 */
export function initialEventAutoencoder(
  options: EventAutoencoderOptions,
  random: Random,
): EventAutoencoderState {
  const layout = eventAutoencoderLayout(options);
  const { codes } = options.quantiser;
  const parameters = initialParameters(layout, random);
  const bound = Math.sqrt(6 / (codes * options.width));
  const codebook = new Float32Array(codes * options.width).map(() => (2 * random.uniform() - 1) * bound);
  return {
    optimiser: {
      parameters,
      firstMoment: new Float32Array(layout.size),
      secondMoment: new Float32Array(layout.size),
      updates: 0,
    },
    running: new Float32Array(runningSize(options)).map((_, i) =>
      Math.floor(i / options.width) % 2 === 0 ? 0 : 1,
    ),
    usage: new Float32Array(codes),
    codeSums: codebook.slice(),
    codebook,
  };
}

/** Fills a batch's streams and weights with the events of the given rows; rows beyond them are padding of weight 0. */
export function fillEvents(
  batch: Record<Stream | 'weight', Float32Array>,
  events: EventIds,
  rows: ArrayLike<number>,
  length: number,
): void {
  batch.weight.fill(0);
  for (const stream of STREAMS) batch[stream].fill(0);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    batch.weight[i] = events.weight[row]!;
    for (const stream of STREAMS)
      batch[stream].set(events[stream].subarray(row * length, (row + 1) * length), i * length);
  }
}

/** Buffers of a batch. */
export const eventBatch = (events: number, length: number): Record<Stream | 'weight', Float32Array> => ({
  tokens: new Float32Array(events * length),
  types: new Float32Array(events * length),
  places: new Float32Array(events * length),
  weight: new Float32Array(events),
});

/** An event autoencoder in training, usable by a loop of one hospital as by rounds over several. */
export interface EventAutoencoderSteps extends TrainedSteps<EventAutoencoderState> {
  load(state: EventAutoencoderState): void;
  dispose(): Promise<void>;
}

/**
 * Compiles training and validation.
 * @param random noise of the stochastic codes
 */
export async function openEventAutoencoder(
  options: EventAutoencoderOptions,
  data: { readonly train: EventIds; readonly validation: EventIds },
  settings: { readonly batch: number; readonly learningRate: number; readonly engine: EngineOptions },
  random: Random,
  adam: AdamOptions = RAWMED_ADAM,
): Promise<EventAutoencoderSteps> {
  const { length } = options;
  const definition = eventAutoencoderTraining(options, settings.batch, adam);
  const training = await compileTraining(definition, settings.engine);
  const validating = eventAutoencoderEvaluation(options, settings.batch);
  const evaluation = await compileStep(validating.step, validating.inputs, settings.engine);
  const batch = eventBatch(settings.batch, length);
  const [noiseRows, codes] = definition.batch['uniforms'] as readonly [number, number];
  const uniforms = new Float32Array(noiseRows * codes);
  const codebookSize = codes * options.width;
  const running = new Float32Array(runningSize(options));
  const book = {
    usage: new Float32Array(codes),
    codeSums: new Float32Array(codebookSize),
    codebook: new Float32Array(codebookSize),
  };
  const BOOK = ['usage', 'codeSums', 'codebook'] as const;
  return {
    load(state) {
      training.load(state.optimiser);
      running.set(state.running);
      for (const name of BOOK) book[name].set(state[name]);
    },
    async update(rows, factor = 1) {
      fillEvents(batch, data.train, rows, length);
      for (let i = 0; i < uniforms.length; i++) uniforms[i] = random.uniform();
      const monitors = await training.run({ ...batch, uniforms, ...book }, factor * settings.learningRate);
      const arrays = training.arrays();
      for (const name of BOOK) book[name].set(arrays[name]!);
      arrays['statistics']!.forEach((value, i) => {
        running[i] = (1 - MOMENTUM) * running[i]! + MOMENTUM * value;
      });
      return monitors;
    },
    async accuracy() {
      const { validation } = data;
      const parameters = training.parameters();
      let [correct, counted] = [0, 0];
      for (let from = 0; from < validation.count; from += settings.batch) {
        const rows = Math.min(settings.batch, validation.count - from);
        fillEvents(
          batch,
          validation,
          Uint32Array.from({ length: rows }, (_, i) => from + i),
          length,
        );
        const found = await evaluation.run({ ...batch, parameters, running, codebook: book.codebook });
        correct += found['correct']![0]!;
        counted += found['counted']![0]!;
      }
      if (counted === 0) throw new Error('a validation without tokens');
      return correct / counted;
    },
    state: () => ({
      optimiser: training.state(),
      running: running.slice(),
      usage: book.usage.slice(),
      codeSums: book.codeSums.slice(),
      codebook: book.codebook.slice(),
    }),
    async dispose() {
      await training.dispose();
      await evaluation.dispose();
    },
  };
}

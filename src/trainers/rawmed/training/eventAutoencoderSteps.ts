import { compileStep } from '../../../engine/compile.js';
import type { AdamOptions, EngineOptions, OptimiserState } from '../../../engine/contract.js';
import { initialParameters } from '../../../engine/parameters.js';
import type { Random } from '../../../engine/random.js';
import { eventAutoencoderEvaluation, eventAutoencoderTraining } from '../../../models/eventAutoencoder.js';
import {
  eventAutoencoderLayout,
  runningSize,
  STREAMS,
  type EventAutoencoderOptions,
  type Stream,
} from '../../../models/eventAutoencoderOptions.js';
import { stepsOfOneState } from './sharedState.js';
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

/** What of the state a trained autoencoder is. */
export interface LearntAutoencoder extends Omit<EventAutoencoderState, 'optimiser'> {
  readonly parameters: Float32Array;
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
function fillEvents(
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
const eventBatch = (events: number, length: number): Record<Stream | 'weight', Float32Array> => ({
  tokens: new Float32Array(events * length),
  types: new Float32Array(events * length),
  places: new Float32Array(events * length),
  weight: new Float32Array(events),
});

/**
 * Numbers of targets that the training step is compiled for: one that batches hardly ever exceed, and one that they cannot.
 *
 * @param lengths tokens of every event
 */
export function compiledTargets(lengths: Uint16Array, batch: number, length: number): readonly number[] {
  const mean = lengths.reduce((sum, tokens) => sum + tokens, 0) / lengths.length;
  const variance = lengths.reduce((sum, tokens) => sum + (tokens - mean) ** 2, 0) / lengths.length;
  const usual = 32 * Math.ceil((batch * mean + 4 * Math.sqrt(batch * variance)) / 32);
  return usual < batch * length ? [usual, batch * length] : [batch * length];
}

/** Non-pad tokens of every event, which come first. */
function tokenCounts({ count, tokens }: EventIds, length: number): Uint16Array {
  return Uint16Array.from({ length: count }, (_, event) => {
    const end = tokens.subarray(event * length, (event + 1) * length).indexOf(0);
    return end < 0 ? length : end;
  });
}

/** An event autoencoder in training, usable by a loop of one hospital as by rounds over several. */
export interface EventAutoencoderSteps extends TrainedSteps<EventAutoencoderState, LearntAutoencoder> {
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
  const lengths = tokenCounts(data.train, length);
  const sizes = compiledTargets(lengths, settings.batch, length);
  const definitions = sizes.map((size) => eventAutoencoderTraining(options, settings.batch, adam, size));
  const training = await stepsOfOneState(definitions, settings.engine);
  const validating = eventAutoencoderEvaluation(options, settings.batch);
  const evaluation = await compileStep(validating.step, validating.inputs, settings.engine);
  const batch = eventBatch(settings.batch, length);
  const [noiseRows, codes] = definitions[0]!.batch['uniforms'] as readonly [number, number];
  const uniforms = new Float32Array(noiseRows * codes);
  const heads = sizes.map((size) => ({
    targets: new Float32Array(size),
    targetWeight: new Float32Array(size),
  }));
  /** Says which tokens the heads give back; the number of the size in which they have room. */
  const fillTargets = (rows: ArrayLike<number>): number => {
    let needed = 0;
    for (let i = 0; i < rows.length; i++) needed += lengths[rows[i]!]!;
    const size = sizes.findIndex((room) => needed <= room);
    const { targets, targetWeight } = heads[size]!;
    targets.fill(0);
    targetWeight.fill(0);
    for (let i = 0, at = 0; i < rows.length; i++)
      for (let place = 0; place < lengths[rows[i]!]!; place++, at++) {
        targets[at] = i * length + place;
        targetWeight[at] = data.train.weight[rows[i]!]!;
      }
    return size;
  };
  const codebookSize = codes * options.width;
  const running = new Float32Array(runningSize(options));
  const book = {
    usage: new Float32Array(codes),
    codeSums: new Float32Array(codebookSize),
    codebook: new Float32Array(codebookSize),
  };
  const BOOK = ['usage', 'codeSums', 'codebook'] as const;
  const besideOptimiser = (): Omit<EventAutoencoderState, 'optimiser'> => ({
    running: running.slice(),
    usage: book.usage.slice(),
    codeSums: book.codeSums.slice(),
    codebook: book.codebook.slice(),
  });
  return {
    load(state) {
      training.present().load(state.optimiser);
      running.set(state.running);
      for (const name of BOOK) book[name].set(state[name]);
    },
    async update(rows, factor = 1) {
      fillEvents(batch, data.train, rows, length);
      for (let i = 0; i < uniforms.length; i++) uniforms[i] = random.uniform();
      const size = fillTargets(rows);
      const step = await training.at(size);
      const inputs = { ...batch, ...heads[size]!, uniforms, ...book };
      const monitors = await step.run(inputs, factor * settings.learningRate);
      const arrays = step.arrays();
      for (const name of BOOK) book[name].set(arrays[name]!);
      arrays['statistics']!.forEach((value, i) => {
        running[i] = (1 - MOMENTUM) * running[i]! + MOMENTUM * value;
      });
      return monitors;
    },
    async accuracy() {
      const { validation } = data;
      const parameters = training.present().parameters();
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
    state: () => ({ optimiser: training.present().state(), ...besideOptimiser() }),
    learnt: () => ({ parameters: training.present().parameters().slice(), ...besideOptimiser() }),
    async dispose() {
      await training.dispose();
      await evaluation.dispose();
    },
  };
}

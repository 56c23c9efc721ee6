import { compileStep } from '../../../engine/compile.js';
import type { Arrays, CompiledStep, EngineOptions } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import {
  eventTokens,
  sequenceLength,
  type EventTransformerOptions,
} from '../../../models/eventTransformerOptions.js';
import { eventTransformerStep, eventTransformerWeights } from '../../../models/eventTransformerStep.js';
import type { TokenDraw } from './drawnToken.js';
import type { EventCodes } from './eventCodes.js';
import { rowCaches, type RowCaches } from './rowCaches.js';
import { collected, slotGrammar } from './slotGrammar.js';
import type { BinLimits } from './slotMask.js';
import { advance, refusedRows, takeBack, type Draft, type EventJudge } from './stayDrafts.js';
import type { StayGrammar } from './stayGrammar.js';

/** How stays are drawn, whatever they consist of. */
export interface DrawSettings extends TokenDraw {
  /** Sequences that are drawn side by side. */
  readonly rows: number;
  readonly engine: EngineOptions;
  /** Aborts between tokens with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every finished stay. */
  readonly onStay?: (finished: number) => void;
  /** With `redraws` above 0: an event that the judge refuses is drawn again in the same context, at most so many times; then it stays. */
  readonly judge?: EventJudge;
  readonly redraws?: number;
}

export interface SamplingSettings extends DrawSettings, BinLimits {}

/** A trained Transformer ready to draw stays. */
export interface SequenceSampler<Stays> {
  /**
   * Draws stays token by token until EOS or the longest sequence. When a stay ends, the next one takes its row, so no row idles before the
   * last stays. Stays are in the order in which they began.
   */
  sample(count: number, random: Random): Promise<Stays>;
  dispose(): Promise<void>;
}

/** One token for rows at different positions. */
interface CachedStep {
  readonly caches: RowCaches;
  /** Runs all rows with a position of 0 or more; their logits go to `logits` [rows, ids]. */
  run(tokens: ArrayLike<number>, positions: Int32Array, logits: Float32Array): Promise<void>;
  dispose(): Promise<void>;
}

async function openCachedStep(
  options: EventTransformerOptions,
  parameters: Float32Array,
  { rows, engine }: DrawSettings,
): Promise<CachedStep> {
  const folding = eventTransformerWeights(options);
  const fold = await compileStep(folding.step, folding.inputs, engine);
  const weights = await fold.run({ parameters });
  await fold.dispose();
  const caches = rowCaches(options, rows);
  const { size } = eventTokens(options.codes, options.timeValues);
  const steps = new Map<number, CompiledStep>();
  let outputs: Arrays = {};
  const stepAt = async (length: number): Promise<CompiledStep> => {
    let step = steps.get(length);
    if (step === undefined) {
      const one = eventTransformerStep(options, caches.blockRows, length);
      steps.set(length, (step = await compileStep(one.step, one.inputs, engine)));
    }
    return step;
  };
  return {
    caches,
    async run(tokens, positions, logits) {
      for (const block of caches.arranged(positions)) {
        block.rows.forEach((row, place) => {
          block.inputs.token[place] = row < 0 ? 0 : tokens[row]!;
          block.inputs.position[place] = row < 0 ? 0 : Math.max(0, positions[row]!);
        });
        const step = await stepAt(block.length);
        outputs = await step.run({ ...weights, ...block.inputs }, outputs);
        block.rows.forEach((row, place) => {
          if (row < 0 || positions[row]! < 0) return;
          caches.write(block, place, positions[row]!, outputs['newKeys']!, outputs['newValues']!);
          logits.set(outputs['logits']!.subarray(place * size, (place + 1) * size), row * size);
        });
      }
    },
    async dispose() {
      for (const step of steps.values()) await step.dispose();
      steps.clear();
    },
  };
}

/**
 * Makes a Transformer ready to draw stays of a grammar with cached keys and values. What is drawn depends on the stream and
 * on the number of rows, and not on how the caches lie in memory.
 */
export async function openSequenceSampler<Stay>(
  options: EventTransformerOptions,
  parameters: Float32Array,
  grammar: StayGrammar<Stay>,
  settings: DrawSettings,
): Promise<SequenceSampler<readonly Stay[]>> {
  const { rows } = settings;
  if (!(settings.temperature > 0)) throw new Error(`temperature ${settings.temperature} is not above 0`);
  const step = await openCachedStep(options, parameters, settings);
  const { size, start, end } = eventTokens(options.codes, options.timeValues);
  const logits = new Float32Array(rows * size);
  const tokens = new Int32Array(rows);
  const positions = new Int32Array(rows);
  return {
    async sample(count, random) {
      const done: Draft<Stay>[] = [];
      const drafts: (Draft<Stay> | undefined)[] = new Array<undefined>(rows).fill(undefined);
      let begun = 0;
      const begin = (row: number): void => {
        drafts[row] = undefined;
        if (begun === count) return;
        drafts[row] = {
          stay: begun++,
          content: grammar.begin(),
          position: 0,
          token: start,
          complete: false,
          redraws: 0,
        };
      };
      step.caches.reset(Math.min(rows, count));
      for (let row = 0; row < rows; row++) begin(row);
      while (done.length < count) {
        settings.signal?.throwIfAborted();
        drafts.forEach((draft, row) => {
          tokens[row] = draft?.token ?? 0;
          positions[row] = draft?.position ?? -1;
        });
        await step.run(tokens, positions, logits);
        const ended = new Set<Draft<Stay>>();
        for (const [row, draft] of drafts.entries()) {
          if (draft === undefined) continue;
          const ofRow = logits.subarray(row * size, (row + 1) * size);
          if (!advance(grammar, end, settings, draft, ofRow, random)) ended.add(draft);
        }
        for (const row of await refusedRows(grammar, settings, drafts)) {
          takeBack(grammar, drafts[row]!);
          step.caches.forget(row, drafts[row]!.position);
        }
        for (const [row, draft] of drafts.entries()) {
          if (draft === undefined) continue;
          if (!ended.has(draft) && draft.position < sequenceLength(options)) continue;
          done.push(draft);
          settings.onStay?.(done.length);
          step.caches.forget(row, 0);
          begin(row);
        }
      }
      return done.sort((a, b) => a.stay - b.stay).map(({ content }) => content);
    },
    dispose: () => step.dispose(),
  };
}

/** The sampler of RawMed: stays as digits and codes. */
export async function openSampler(
  options: EventTransformerOptions,
  parameters: Float32Array,
  settings: SamplingSettings,
): Promise<SequenceSampler<EventCodes>> {
  const sampler = await openSequenceSampler(options, parameters, slotGrammar(options, settings), settings);
  return {
    sample: async (count, random) => collected(options, await sampler.sample(count, random)),
    dispose: () => sampler.dispose(),
  };
}

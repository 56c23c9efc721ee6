import { compileStep } from '../../../engine/compile.js';
import type { Arrays, EngineOptions } from '../../../engine/contract.js';
import type { Random } from '../../../engine/random.js';
import {
  eventTokens,
  sequenceLength,
  type EventTransformerOptions,
} from '../../../models/eventTransformerOptions.js';
import {
  cacheShape,
  eventTransformerStep,
  eventTransformerWeights,
} from '../../../models/eventTransformerStep.js';
import type { TokenDraw } from './drawnToken.js';
import type { EventCodes } from './eventCodes.js';
import type { BinLimits } from './slotMask.js';
import { advance, collected, refusedRows, takeBack, type Draft, type EventJudge } from './stayDrafts.js';

/** What a position that a sequence may not look at adds to its score. */
const FORBIDDEN = -1e9;

export interface SamplingSettings extends TokenDraw, BinLimits {
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

/** A trained Transformer ready to draw stays. */
export interface SequenceSampler {
  /**
   * Draws stays token by token until EOS or the most events. When a stay ends, the next one takes its row, so no row idles before the
   * last stays. Stays are in the order in which they began.
   */
  sample(count: number, random: Random): Promise<EventCodes>;
  dispose(): Promise<void>;
}

/**
 * Compiles one step with a cache of keys and values. The cost of a token is the same wherever it stands: the caches have
 * a fixed length, and a token's keys and values are written into them in place.
 */
export async function openSampler(
  options: EventTransformerOptions,
  parameters: Float32Array,
  settings: SamplingSettings,
): Promise<SequenceSampler> {
  const { rows, engine } = settings;
  if (!(settings.temperature > 0)) throw new Error(`temperature ${settings.temperature} is not above 0`);
  const folding = eventTransformerWeights(options);
  const fold = await compileStep(folding.step, folding.inputs, engine);
  const weights = await fold.run({ parameters });
  await fold.dispose();
  const one = eventTransformerStep(options, rows);
  const step = await compileStep(one.step, one.inputs, engine);
  const cache = rowCache(options, rows);
  const tokens = eventTokens(options.codes, options.timeValues);
  const { size } = tokens;
  return {
    async sample(count, random) {
      const done: Draft[] = [];
      const drafts: (Draft | undefined)[] = new Array<undefined>(rows).fill(undefined);
      let begun = 0;
      const begin = (row: number): void => {
        drafts[row] = undefined;
        cache.begin(row);
        if (begun === count) return;
        const bounds = { bin: 0, previous: 0, redraws: 0, digits: [], codes: [] };
        drafts[row] = { stay: begun++, position: 0, token: tokens.start, ...bounds };
      };
      for (let row = 0; row < rows; row++) begin(row);
      while (done.length < count) {
        settings.signal?.throwIfAborted();
        drafts.forEach((draft, row) => {
          cache.inputs.token[row] = draft?.token ?? tokens.pad;
          cache.inputs.position[row] = draft?.position ?? 0;
        });
        const { logits, newKeys, newValues } = await step.run({ ...weights, ...cache.inputs });
        const ended = new Set<Draft>();
        for (const [row, draft] of drafts.entries()) {
          if (draft === undefined) continue;
          cache.write(row, draft.position, newKeys!, newValues!);
          const ofRow = logits!.subarray(row * size, (row + 1) * size);
          if (!advance(options, settings, draft, ofRow, random)) ended.add(draft);
        }
        for (const row of await refusedRows(options, settings, drafts, ended)) {
          takeBack(options, drafts[row]!);
          cache.forget(row, drafts[row]!.position);
        }
        for (const [row, draft] of drafts.entries()) {
          if (draft === undefined) continue;
          if (!ended.has(draft) && draft.position < sequenceLength(options)) continue;
          done.push(draft);
          settings.onStay?.(done.length);
          begin(row);
        }
      }
      return collected(
        options,
        done.sort((a, b) => a.stay - b.stay),
      );
    },
    dispose: () => step.dispose(),
  };
}

interface RowCache {
  readonly inputs: Arrays & { readonly token: Float32Array; readonly position: Float32Array };
  /** Forgets a row's past; what the caches still hold of it is masked. */
  begin(row: number): void;
  /** Forgets what a row read from a position on. */
  forget(row: number, position: number): void;
  /** Puts the keys and values of a row's token at its position in. */
  write(row: number, position: number, keys: Float32Array, values: Float32Array): void;
}

function rowCache(options: EventTransformerOptions, rows: number): RowCache {
  const { heads, layers } = options;
  const [groups, length, extent] = cacheShape(options, rows);
  const inputs = {
    token: new Float32Array(rows),
    position: new Float32Array(rows),
    past: new Float32Array(rows * length).fill(FORBIDDEN),
  };
  const layerCaches = (): Float32Array[] =>
    Array.from({ length: layers }, () => new Float32Array(groups * length * extent));
  const [keyCaches, valueCaches] = [layerCaches(), layerCaches()];
  const named = (name: string, caches: readonly Float32Array[]): Arrays =>
    Object.fromEntries(caches.map((cache, layer) => [`${name}_${layer}`, cache]));
  return {
    inputs: { ...named('keys', keyCaches), ...named('values', valueCaches), ...inputs },
    begin: (row) => {
      inputs.past.fill(FORBIDDEN, row * length, (row + 1) * length);
    },
    forget: (row, position) => {
      inputs.past.fill(FORBIDDEN, row * length + position, (row + 1) * length);
    },
    write: (row, position, keys, values) => {
      inputs.past[row * length + position] = 0;
      for (let layer = 0; layer < layers; layer++) {
        for (let group = row * heads; group < (row + 1) * heads; group++) {
          const from = (layer * groups + group) * extent;
          const at = (group * length + position) * extent;
          keyCaches[layer]!.set(keys.subarray(from, from + extent), at);
          valueCaches[layer]!.set(values.subarray(from, from + extent), at);
        }
      }
    },
  };
}

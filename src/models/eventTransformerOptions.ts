import { InputError } from '../cohort/inputError.js';
import type { ParameterLayout, ParameterSpec } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { layerNormSpecs } from './layerNorm.js';
import { linearSpecs } from './layers.js';

/** Sizes and options of the causal Transformer over event tokens (RawMed stage 2). */
export interface EventTransformerOptions {
  /** K, number of codes of the residual quantiser. */
  readonly codes: number;
  /** Codes of one event, positions times levels. */
  readonly eventCodes: number;
  /** T, tokens that say an event's time bin before its codes, most significant first; 0: none do. */
  readonly timeDigits: number;
  /** Values of such a token; 10, decimal digits, by default. */
  readonly timeValues?: number;
  readonly maxEvents: number;
  /** Tokens of the longest sequence, where events are of different lengths; without it every event has `eventLength` tokens. */
  readonly length?: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Units of the feed-forward layers. */
  readonly hidden: number;
  /** `post`: norm after each residual sum, as published; `pre`: norm before each branch and one at the end, which trains without warm-up. */
  readonly norm: 'pre' | 'post';
  /**
   * `sinusoidal` is published and comes with embeddings times √width; `learned` adds a trained vector of each position;
   * `by-event` adds one of the event's number in the stay and one of the slot in the event, which few stays suffice to learn.
   */
  readonly positions: 'by-event' | 'learned' | 'sinusoidal';
  /**
   * Share of units dropped after the embedding, after each branch and inside each feed-forward layer; 0 leaves the mask
   * inputs out. Attention weights are not dropped: their masks would outweigh the model.
   */
  readonly dropout: number;
}

/** Digits 0…9. */
const DIGITS = 10;

/** Token ids: codes 0…K−1, then PAD, EOS, SOS and the digits of times. */
export interface EventTokens {
  readonly pad: number;
  readonly end: number;
  readonly start: number;
  /** Id of digit 0; digit g is g more. */
  readonly firstDigit: number;
  /** Number of ids. */
  readonly size: number;
}

export const eventTokens = (codes: number, timeValues = DIGITS): EventTokens => ({
  pad: codes,
  end: codes + 1,
  start: codes + 2,
  firstDigit: codes + 3,
  size: codes + 3 + timeValues,
});

/** Tokens of one event where all have as many: time digits, then codes. */
export const eventLength = ({ timeDigits, eventCodes }: EventTransformerOptions): number =>
  timeDigits + eventCodes;

/** Tokens of the longest stay without SOS. */
export const sequenceLength = (options: EventTransformerOptions): number =>
  options.length ?? options.maxEvents * eventLength(options);

/** Trained vectors of positions. */
function positionSpecs(options: EventTransformerOptions): readonly ParameterSpec[] {
  const { width, positions, maxEvents } = options;
  const table = (name: string, rows: number): ParameterSpec => ({
    name,
    shape: [rows, width],
    initial: { fanIn: width },
  });
  if (positions === 'learned') return [table('position', sequenceLength(options))];
  if (positions === 'by-event')
    return [table('event_position', maxEvents), table('slot_position', eventLength(options))];
  return [];
}

/**
 * Parameters of the Transformer in the order data passes through them.
 * @throws InputError when the heads do not divide the width, the dropout is no share, or positions by event are asked for where events differ in length
 */
export function eventTransformerLayout(options: EventTransformerOptions): ParameterLayout {
  const { width, heads, hidden, layers, norm, dropout } = options;
  if (width % heads !== 0) {
    throw new InputError({
      expected: 'a Transformer whose number of heads divides its width',
      found: `width ${width} and ${heads} heads`,
      remedy: 'Choose a width that is a multiple of the heads.',
    });
  }
  if (options.length !== undefined && options.positions === 'by-event') {
    throw new InputError({
      expected: 'positions that do not need events of one length',
      found: 'by-event',
      remedy: 'Choose `learned` or `sinusoidal` positions.',
    });
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new InputError({
      expected: 'a dropout of at least 0 and below 1',
      found: String(dropout),
      remedy: 'Choose 0.1, or 0 for none.',
    });
  }
  const { size } = eventTokens(options.codes, options.timeValues);
  return layoutOf([
    { name: 'token', shape: [size, width], initial: { fanIn: width } },
    ...positionSpecs(options),
    ...Array.from({ length: layers }, (_, layer) => [
      ...layerNormSpecs(`norm1_${layer}`, width),
      ...linearSpecs(`qkv_${layer}`, width, 3 * width),
      ...linearSpecs(`attention_${layer}`, width, width),
      ...layerNormSpecs(`norm2_${layer}`, width),
      ...linearSpecs(`hidden_${layer}`, width, hidden),
      ...linearSpecs(`output_${layer}`, hidden, width),
    ]).flat(),
    ...(norm === 'pre' ? layerNormSpecs('norm', width) : []),
    ...linearSpecs('head', width, size),
  ]);
}

import { sequenceLength, type EventTransformerOptions } from '../../models/eventTransformerOptions.js';
import type { DrawableModel, EventReader, OpenDrawer } from '../rawmed/drawableModel.js';
import { timeSlots, type TimeSlots } from '../rawmed/stayTexts.js';
import { eventParser } from '../rawmed/text/decodeEvent.js';
import { TYPE } from '../rawmed/text/encodeEvents.js';
import { textTables } from '../rawmed/text/textTables.js';
import { BIN_MINUTES, timeBin } from '../rawmed/text/timeDigits.js';
import { openTokeniser, type Tokeniser } from '../rawmed/text/tokeniser.js';
import { openSequenceSampler } from '../rawmed/training/sampleSequences.js';
import type { TokenEventsParameters } from './parameters.js';
import { textIds, textStreams, type TextIds } from './textIds.js';
import { tokenGrammar } from './tokenGrammar.js';

/** A trained model of event texts without codes, as it draws and as it is kept in a model folder. */
export interface TokenModel extends DrawableModel {
  readonly parameters: TokenEventsParameters;
  readonly maxEvents: number;
  /** Tokens of the longest stay. */
  readonly maxTokens: number;
  /** Pieces of the tokeniser, in id order. */
  readonly pieces: readonly string[];
  readonly transformer: Float32Array;
}

/** What follows from a model's plain data. */
export interface OpenedTokens {
  readonly tokeniser: Tokeniser;
  readonly time: TimeSlots;
  readonly ids: TextIds;
  readonly transformer: EventTransformerOptions;
}

export function openedTokens({
  parameters,
  pieces,
  tables,
  window,
  maxEvents,
  maxTokens,
}: Pick<
  TokenModel,
  'parameters' | 'pieces' | 'tables' | 'window' | 'maxEvents' | 'maxTokens'
>): OpenedTokens {
  const tokeniser = openTokeniser(pieces);
  const time = timeSlots(parameters.time, window);
  const ids = textIds(tables, tokeniser.size);
  const { width, layers, heads, hidden, norm, positions, dropout } = parameters.transformer;
  return {
    tokeniser,
    time,
    ids,
    transformer: {
      codes: ids.size,
      eventCodes: 1,
      timeDigits: time.slots,
      maxEvents,
      length: maxTokens,
      width,
      layers,
      heads,
      hidden,
      norm,
      positions,
      dropout,
    },
  };
}

/** What provenance says of every cohort that a model draws. */
export function tokenNotes(window: number, whole: number, maxTokens: number): readonly string[] {
  return [
    `A stay has at most ${maxTokens} tokens of text: of longer training stays only the first events were learnt, and no longer stay can be drawn.`,
    `Events are drawn in the first ${window} of the dataset's ${whole} minutes only; compare with real stays cut to the same window.`,
  ];
}

/** Reads events from their ids; nothing can be lost on the way. */
function tokenReader({ tables }: TokenModel, { ids, tokeniser }: OpenedTokens): EventReader {
  const parse = eventParser(tables, tokeniser);
  const schema = textTables(tables);
  const names = { tables: schema.map(({ name }) => name), columns: schema.map(({ columns }) => columns) };
  return {
    read: (codes) =>
      Promise.resolve(
        codes.map((own) => {
          const { tokens, types } = textStreams(ids, tokeniser, names, TYPE, own);
          return parse(tokens, types);
        }),
      ),
    dispose: () => Promise.resolve(),
  };
}

/** Draws texts with the Transformer, token by token under the grammar. */
export function tokenDrawer(model: TokenModel): OpenDrawer {
  return async ({ rows, engine, signal, judge }) => {
    const { topK, temperature, orderedTimes, redraws } = model.parameters.sampling;
    const opened = openedTokens(model);
    const reader = tokenReader(model, opened);
    const limits = { lastBin: timeBin(model.window), ordered: orderedTimes };
    const longest = Math.min(model.parameters.text.length, sequenceLength(opened.transformer));
    const grammar = tokenGrammar(opened.transformer, opened.ids, longest, limits);
    const sampler = await openSequenceSampler(opened.transformer, model.transformer, grammar, {
      rows,
      temperature,
      ...(topK === null ? {} : { topK }),
      judge: judge(reader),
      redraws,
      engine: { engine },
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      reader,
      // An event that the longest sequence cuts off is left out, as in training.
      sample: async (count, random) =>
        (await sampler.sample(count, random)).map(({ bins, events }) =>
          events.map((codes, event) => ({ minute: bins[event]! * BIN_MINUTES, codes })),
        ),
      dispose: () => sampler.dispose(),
    };
  };
}

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentHash } from '../../src/cohort/contentHash.js';
import type { Cohort } from '../../src/cohort/types.js';
import { requireConsistent } from '../../src/cohort/validate.js';
import { simulateEvents } from '../../src/datasets/simulatedEvents/simulateEvents.js';
import { initialParameters } from '../../src/engine/parameters.js';
import { random, type Random } from '../../src/engine/random.js';
import { eventTokens, eventTransformerLayout } from '../../src/models/eventTransformerOptions.js';
import type { TrainedGenerator } from '../../src/trainers/contract.js';
import { openModel } from '../../src/trainers/openModel.js';
import { timeSlots } from '../../src/trainers/rawmed/stayTexts.js';
import { eventParser } from '../../src/trainers/rawmed/text/decodeEvent.js';
import { encodeEvents, TYPE } from '../../src/trainers/rawmed/text/encodeEvents.js';
import { eventText } from '../../src/trainers/rawmed/text/eventText.js';
import { textTables } from '../../src/trainers/rawmed/text/textTables.js';
import { openSequenceSampler } from '../../src/trainers/rawmed/training/sampleSequences.js';
import { trainingText } from '../../src/trainers/rawmed/trainingText.js';
import { tokenEvents } from '../../src/trainers/tokenEvents.js';
import { tokenEventsParameters } from '../../src/trainers/tokenEvents/parameters.js';
import { eventIds, textIds, textStreams } from '../../src/trainers/tokenEvents/textIds.js';
import { tokenGrammar, type TokenStay } from '../../src/trainers/tokenEvents/tokenGrammar.js';
import { openedTokens } from '../../src/trainers/tokenEvents/tokenModel.js';
import { stayTokens, tokenCount, tokenSequences } from '../../src/trainers/tokenEvents/tokenSequences.js';

const train = simulateEvents({ patients: 120, hospitals: 2, steps: 12 }, 3).cohort();
const [first, second] = train.hospitals as [string, string];

const parameters = tokenEventsParameters.parse({
  text: { smallestCell: 1, length: 48 },
  maxTokens: 150,
  transformer: { width: 8, layers: 1, heads: 2, hidden: 16, dropout: 0 },
});
const text = trainingText(train, { ...parameters, window: 360 });
const opened = openedTokens({
  parameters,
  pieces: text.tokeniser.pieces,
  tables: text.events.tables,
  window: 360,
  maxEvents: text.maxEvents,
  maxTokens: 150,
});
const { ids, tokeniser, transformer: options } = opened;
const form = { ids, tokeniser, time: timeSlots('digits', 360), length: parameters.text.length };
const limits = { lastBin: 36, ordered: true };
const grammar = tokenGrammar(options, ids, parameters.text.length, limits);
const tokens = eventTokens(options.codes);
const schema = textTables(text.events.tables);
const names = { tables: schema.map(({ name }) => name), columns: schema.map(({ columns }) => columns) };
const parse = eventParser(text.events.tables, tokeniser);

/** Draws ids that the grammar allows until the stay ends or has so many tokens. */
function wander(chance: Random, most: number, see: (stay: TokenStay, complete: boolean) => void): TokenStay {
  const stay = grammar.begin();
  for (let i = 0; i < most; i++) {
    const allowed = grammar.allowed(stay);
    const token = allowed[chance.integer(allowed.length)]!;
    if (token === tokens.end) break;
    see(stay, grammar.take(stay, token));
  }
  return stay;
}

describe('ids of event texts', () => {
  it('say exactly the tokens and types of RawMed’s text', () => {
    const { events } = text;
    const length = parameters.text.length;
    const encoded = encodeEvents(events, tokeniser, { length });
    const said = eventText(events, tokeniser);
    for (let event = 0; event < events.table.length; event += 3) {
      const own = eventIds(ids, said, events.table[event]!, events.row[event]!, length)!;
      const streams = textStreams(ids, tokeniser, names, TYPE, own);
      const at = event * length;
      expect(streams.tokens).toEqual([...encoded.tokens.subarray(at, at + streams.tokens.length)]);
      expect(streams.types).toEqual([...encoded.types.subarray(at, at + streams.types.length)]);
    }
  });

  it('are another for every piece, table and column', () => {
    const all = [...ids.tables, ...ids.columns.flat()];
    expect(new Set(all).size).toBe(all.length);
    expect(Math.min(...all)).toBe(tokeniser.size);
    expect(ids.size).toBe(tokeniser.size + all.length);
    expect(textIds(text.events.tables, 5).tables[0]).toBe(5);
  });
});

describe('the grammar of event texts', () => {
  it('takes training stays, token by token', () => {
    const stays = stayTokens(text.events, text.stays, form);
    for (const stay of stays.filter((_, i) => i % 4 === 0)) {
      const taken = grammar.begin();
      const refused: number[] = [];
      for (const { digits, text: said } of stay)
        for (const token of [...digits.map((digit) => tokens.firstDigit + digit), ...said]) {
          if (!Array.from(grammar.allowed(taken)).includes(token)) refused.push(token);
          grammar.take(taken, token);
        }
      expect(refused).toEqual([]);
      expect(taken.events).toEqual(stay.map(({ text: said }) => said));
      expect(Array.from(grammar.allowed(taken))).toContain(tokens.end);
    }
  });

  it('lets nothing but whole events of ordered times pass, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const stay = wander(random('grammar', seed), 150, (present) => {
          const allowed = Array.from(grammar.allowed(present));
          expect(allowed.length).toBeGreaterThan(0);
          expect(allowed).toEqual([...new Set(allowed)].sort((a, b) => a - b));
          for (const id of [tokens.pad, tokens.start, 0]) expect(allowed).not.toContain(id);
        });
        expect(stay.bins).toEqual([...stay.bins].sort((a, b) => a - b));
        expect(stay.bins.every((bin) => bin <= 36)).toBe(true);
        for (const event of stay.events) {
          expect(event.length).toBeLessThanOrEqual(parameters.text.length);
          const { tokens: said, types } = textStreams(ids, tokeniser, names, TYPE, event);
          const read = parse(said, types);
          expect('rejected' in read ? read.rejected : 'read').toBe('read');
        }
      }),
      { numRuns: 8 },
    );
  });

  it('takes the latest event back to behind its time', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let events = 0;
        wander(random('take-back', seed), 400, (stay, complete) => {
          if (!complete) return;
          events++;
          const before = structuredClone(stay);
          const event = stay.events.at(-1)!;
          const { tokens: taken, token } = grammar.takeBack(stay);
          expect([taken, token]).toEqual([event.length, tokens.firstDigit + (before.bins.at(-1)! % 10)]);
          expect(Array.from(grammar.allowed(stay))).toEqual(ids.tables);
          for (const id of event) grammar.take(stay, id);
          expect(stay).toEqual(before);
        });
        expect(events).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 10 },
    );
  });

  it('a sampler under it never emits an illegal id, whichever the model favours', async () => {
    const layout = eventTransformerLayout(options);
    const bias = layout.specs.find(({ name }) => name === 'head_b')!;
    for (const favoured of [tokens.pad, tokens.start, ids.tables[1]!, ids.columns[0]![1]!]) {
      const weights = initialParameters(layout, random('favoured', favoured));
      weights[bias.offset + favoured] = 60;
      const sampler = await openSequenceSampler(options, weights, grammar, {
        rows: 3,
        engine: { engine: 'onnx' },
        temperature: 1,
      });
      const stays = await sampler.sample(3, random('draws', favoured));
      await sampler.dispose();
      for (const { events } of stays)
        for (const event of events) {
          const { tokens: said, types } = textStreams(ids, tokeniser, names, TYPE, event);
          expect('rejected' in parse(said, types)).toBe(false);
        }
    }
  });
});

describe('sequences of event texts', () => {
  it('are cut behind the last event that fits, then without EOS', () => {
    const stays = stayTokens(text.events, text.stays, form);
    const whole = stays[0]!;
    const size = tokenCount(whole);
    const at = (length: number): number[] => [
      ...tokenSequences({ ...options, length }, [whole]).tokens.subarray(0, length + 1),
    ];
    expect(at(size + 2).slice(size + 1)).toEqual([tokens.end, tokens.pad]);
    expect(at(size)).not.toContain(tokens.end);
    const last = whole.at(-1)!;
    const kept = size - last.digits.length - last.text.length;
    const cut = at(size - 1);
    expect(cut.slice(0, kept + 1)).toEqual(at(size).slice(0, kept + 1));
    expect(cut.slice(kept + 1).every((token) => token === tokens.pad)).toBe(true);
    expect([...tokenSequences({ ...options, length: size - 1 }, [whole]).extents]).toEqual([kept]);
  });
});

/** Learns enough for some stays to pass. */
const SMALL = {
  text: { smallestCell: 1, length: 32, vocabulary: 200 },
  maxEvents: 8,
  maxTokens: 140,
  statics: 'none',
  transformer: {
    width: 32,
    layers: 1,
    hidden: 64,
    epochs: 12,
    batch: 8,
    dropout: 0,
    learningRate: 6e-3,
  },
  sampling: { topK: 2, temperature: 0.6, budget: 20 },
};

describe('token-events', () => {
  let generator: TrainedGenerator;
  let synthetic: Cohort;
  const wanted = { [first]: 4, [second]: 2 };
  const trained = (own: Record<string, unknown>): Promise<TrainedGenerator> =>
    tokenEvents.train({
      train,
      reference: train,
      parameters: tokenEventsParameters.parse(own),
      seed: 5,
      engine: 'onnx',
      emit: () => undefined,
    });

  beforeAll(async () => {
    generator = await trained(SMALL);
    synthetic = await generator.synthesise(wanted, 1);
  }, 300_000);

  it('draws a consistent cohort on the schema of the training part, inside the first half of the window', () => {
    requireConsistent(synthetic, 'synthetic');
    expect(synthetic.size).toBe(6);
    expect(synthetic.events!.tables).toEqual(train.events!.tables);
    expect(Math.max(...synthetic.events!.minute)).toBeLessThanOrEqual(360);
    const notes = synthetic.schema.provenance.notes!.join(' ');
    expect(notes).toContain('first 360 of the dataset');
    expect(notes).toMatch(/at most \d+ tokens/);
    expect(synthetic.schema.provenance.verification!.kept).toBe(6);
  });

  it('draws the same bytes for the same seed, and others for another, also from its model folder', async () => {
    const model = await openModel(generator.files, 'onnx', 'folder');
    expect(model.trainer.id).toBe('token-events');
    const blocks: Cohort[] = [];
    for await (const block of model.blocks(wanted, 1)) blocks.push(block);
    await model.dispose();
    expect(contentHash(blocks[0]!)).toBe(contentHash(synthetic));
    expect(blocks[0]!.schema).toEqual(synthetic.schema);
    expect(contentHash(await generator.synthesise(wanted, 2))).not.toBe(contentHash(synthetic));
  }, 60_000);

  it('gives the same model bytes for the same seed', async () => {
    const short = { ...SMALL, transformer: { ...SMALL.transformer, epochs: 1 } };
    const [one, two] = [await trained(short), await trained(short)];
    expect(two.files).toEqual(one.files);
  }, 60_000);
});

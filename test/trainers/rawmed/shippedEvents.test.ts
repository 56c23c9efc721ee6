import { describe, expect, it } from 'vitest';
import { requireEvents } from '../../../src/cohort/events/requireEvents.js';
import { selectEvents } from '../../../src/cohort/events/selectEvents.js';
import { toGrid } from '../../../src/cohort/events/toGrid.js';
import { readCohort } from '../../../src/cohort/readCohort.js';
import { splitCohort } from '../../../src/cohort/split.js';
import type { CohortEvents } from '../../../src/cohort/types.js';
import { eventParser } from '../../../src/trainers/rawmed/text/decodeEvent.js';
import { encodeEvents } from '../../../src/trainers/rawmed/text/encodeEvents.js';
import { eventLimit, MINIMUM_EVENTS } from '../../../src/trainers/rawmed/text/eventWindow.js';
import { learnTokeniser } from '../../../src/trainers/rawmed/text/learnTokeniser.js';
import { normalEvents } from '../../../src/trainers/rawmed/text/normalEvents.js';
import { assembleEvents } from '../../../src/trainers/rawmed/verification/assembleEvents.js';
import { verificationRules } from '../../../src/trainers/rawmed/verification/verificationRules.js';
import { stayVerifier } from '../../../src/trainers/rawmed/verification/verifyStay.js';
import { eventList } from './smallEvents.js';

const window = 720;
const fail = (place: string, expected: string, found: string): never => {
  throw new Error(`${place}: expected ${expected}, found ${found}`);
};

describe.each(['eicu-demo-events', 'mimic4-demo'])('training events of %s', (name) => {
  it.each([64, 128])(
    'come back from %i positions without a failure',
    async (length) => {
      const cohort = await readCohort(`datasets/${name}`);
      const { train } = splitCohort(cohort, { train: 0.8, holdout: 0.2, reference: 0 }, 1);
      const events = train.events!;
      const tokeniser = learnTokeniser(events, train.patients, { limit: 400 });
      const limit = eventLimit(events, { window });
      const normal = normalEvents(events, { window, limit, text: { tokeniser, length } });
      const { tokens, types, statistics } = encodeEvents(normal, tokeniser, { length });
      expect(statistics).toMatchObject({ truncatedEvents: 0, emptyEvents: 0 });
      expect(statistics.unknownTokens / statistics.tokens).toBeLessThan(0.001);
      const parse = eventParser(normal.tables, tokeniser);
      const everything = { smallestCell: 1 };
      const check = stayVerifier(verificationRules(normal, train.patients, everything), { window });
      const list = eventList(normal);
      requireEvents(normal, train.schema, train.size, name, fail);
      const long = Array.from(list.keys()).filter((stay) => list[stay]!.length >= MINIMUM_EVENTS);
      const read = long.map((stay) => {
        const draft = list[stay]!.map(([minute], i) => {
          const at = (normal.start[stay]! + i) * length;
          const event = parse(tokens.subarray(at, at + length), types.subarray(at, at + length));
          return { minute, event };
        });
        const verdict = check(draft);
        if ('rejected' in verdict) throw new Error(verdict.rejected);
        return verdict.stay;
      });
      const assembled = assembleEvents(normal, read);
      requireEvents(assembled, train.schema, long.length, name, fail);
      expect(eventList(assembled)).toEqual(long.map((stay) => list[stay]!));
      // Names with digits and punctuation, which text spaces (`fio2` → `fio 2`), must find their features again.
      const { features } = train.schema;
      const cellsOf = (form: CohortEvents): number[] => {
        const cells = features.map(() => 0);
        toGrid(form, train.schema).observed.forEach((seen, i) => (cells[i % features.length]! += seen));
        return cells;
      };
      const [before, after] = [cellsOf(selectEvents(events, long)), cellsOf(assembled)];
      // The 95th percentile of a stay's events takes some away, more than half of no feature.
      const lost = features.filter((_, feature) => after[feature]! < 0.4 * before[feature]!);
      expect(lost.map(({ name: feature }) => feature)).toEqual([]);
    },
    60_000,
  );
});

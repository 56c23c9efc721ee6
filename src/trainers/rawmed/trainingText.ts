import { selectEvents, windowMinutes } from '../../cohort/events/selectEvents.js';
import { InputError } from '../../cohort/inputError.js';
import type { Cohort, CohortEvents } from '../../cohort/types.js';
import type { RawmedParameters } from './parameters.js';
import { withStayEvents } from './stayEvent.js';
import { encodeEvents, type TextStatistics } from './text/encodeEvents.js';
import { eventLimit, MINIMUM_EVENTS } from './text/eventWindow.js';
import { learnTokeniser } from './text/learnTokeniser.js';
import { normalEvents } from './text/normalEvents.js';
import { BIN_MINUTES } from './text/timeDigits.js';
import { releasedStatistics } from './text/releasedStatistics.js';
import type { Tokeniser } from './text/tokeniser.js';
import { TIME_COLUMN, withTimeInText } from './timeInText.js';
import { verificationRules, type VerificationRules } from './verification/verificationRules.js';

/** The training part as text: what both stages read, and what generated stays are held against. */
export interface TrainingText {
  /** Minutes, both ends included. */
  readonly window: number;
  /** Most events of a stay, the one that says statics included. */
  readonly maxEvents: number;
  readonly tokeniser: Tokeniser;
  readonly rules: VerificationRules;
  /** What truncation and the vocabulary took of the training part; 0 where it concerns fewer patients than the smallest cell. */
  readonly statistics: TextStatistics;
  /** Events in the form in which they come back from text; a stay keeps its index. */
  readonly events: CohortEvents;
  /** Stays that are trained on: those with six or more events in the window, ascending. */
  readonly stays: readonly number[];
}

/** Bins of `time: single` are kept as bytes. */
const mostSingleBins = 256;

/** What the text depends on. */
export type TextParameters = Pick<RawmedParameters, 'window' | 'time' | 'statics' | 'maxEvents' | 'text'>;

function windowOf({ schema }: Cohort, { window, time }: TextParameters): number {
  const whole = windowMinutes(schema);
  const chosen = window ?? Math.floor(whole);
  if (chosen > whole)
    throw new InputError({
      place: 'window',
      expected: `at most the ${whole} minutes of the dataset's grid`,
      found: String(chosen),
      remedy: 'Shorten the window, or leave it out.',
    });
  if (time === 'single' && chosen >= mostSingleBins * BIN_MINUTES)
    throw new InputError({
      place: 'window',
      expected: `fewer than ${mostSingleBins * BIN_MINUTES} minutes with \`time: single\``,
      found: String(chosen),
      remedy: 'Shorten the window, or use time digits.',
    });
  return chosen;
}

function eventsOf(cohort: Cohort): CohortEvents {
  if (cohort.events !== undefined) return cohort.events;
  throw new InputError({
    place: 'trainer',
    expected: 'a dataset that comes as events',
    found: `${cohort.schema.name}, which has a grid only`,
    remedy:
      'Choose simulated-events, mimic4-demo, eicu-demo-events or an ingest with --form events, or another trainer.',
  });
}

/** Number of events that the pipeline itself puts into every stay. */
export const addedEvents = ({ statics }: Pick<RawmedParameters, 'statics'>): number =>
  statics === 'stay-event' ? 1 : 0;

/** Events of the training part with all that parameters add to them, before the limit of events and the vocabulary. */
export interface StatedEvents {
  readonly window: number;
  /** Events with statics as an event and time as a column where that is asked for. */
  readonly said: CohortEvents;
  readonly source: CohortEvents;
}

/** @throws InputError without events, and for a window that the grid does not have */
export function statedEvents(cohort: Cohort, parameters: TextParameters): StatedEvents {
  const source = eventsOf(cohort);
  const window = windowOf(cohort, parameters);
  const stated = parameters.statics === 'stay-event' ? withStayEvents(cohort, source) : source;
  return { source, window, said: parameters.time === 'in-text' ? withTimeInText(stated) : stated };
}

/** Stays that can be learnt from, ascending: with six or more events beside those that the pipeline added. */
export const trainableStays = (events: CohortEvents, added: number): number[] =>
  Array.from({ length: events.start.length - 1 }, (_, stay) => stay).filter(
    (stay) => events.start[stay + 1]! - events.start[stay]! >= MINIMUM_EVENTS + added,
  );

/** Columns to which ranges by item do not apply. */
export const itemUnrelated = ['patientweight', TIME_COLUMN];

/**
 * Brings the training part into the text of RawMed: statics as an event and time as a column where that is asked for, the
 * window, the limit of events, the vocabulary, truncation by column, and the rules of verification.
 *
 * @throws InputError without events, without an item column, and when fewer than two patients have a stay of six events
 */
export function trainingText(cohort: Cohort, parameters: TextParameters): TrainingText {
  const { source, window, said } = statedEvents(cohort, parameters);
  const added = addedEvents(parameters);
  const found = eventLimit(source, { window });
  const maxEvents = Math.min(found, parameters.maxEvents ?? Infinity) + added;
  const { length, vocabulary, smallestCell } = parameters.text;
  const plain = normalEvents(said, { window, limit: maxEvents, added });
  const enough = (stays: readonly number[]): boolean =>
    new Set(stays.map((stay) => cohort.patients[stay])).size >= 2;
  const tooFew = (): InputError =>
    new InputError({
      place: 'training stays',
      expected: `two or more patients with a stay of ${MINIMUM_EVENTS} or more events in the window`,
      found: 'fewer',
      remedy: 'Lengthen the window, or train on more stays: shorter ones are not learnt from, as published.',
    });
  if (!enough(trainableStays(plain, added))) throw tooFew();
  const tokeniser = learnTokeniser(plain, cohort.patients, { limit: vocabulary, smallestCell });
  const encoded = encodeEvents(plain, tokeniser, { length });
  const statistics = releasedStatistics(encoded, plain.start, cohort.patients, smallestCell);
  const events = normalEvents(said, { window, limit: maxEvents, added, text: { tokeniser, length } });
  const stays = trainableStays(events, added);
  if (!enough(stays)) throw tooFew();
  const rules = verificationRules(
    selectEvents(events, stays),
    stays.map((stay) => cohort.patients[stay]!),
    { smallestCell, itemUnrelated },
  );
  return { window, maxEvents, tokeniser, rules, statistics, events, stays };
}

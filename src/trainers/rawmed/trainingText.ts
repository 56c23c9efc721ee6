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
  /** What truncation and the vocabulary took of the training part. */
  readonly statistics: TextStatistics;
  /** Events in the form in which they come back from text; a stay keeps its index. */
  readonly events: CohortEvents;
  /** Stays that are trained on: those with six or more events in the window, ascending. */
  readonly stays: readonly number[];
}

/** Bins of `time: single` are kept as bytes. */
const mostSingleBins = 256;

function windowOf({ schema }: Cohort, { window, time }: RawmedParameters): number {
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
    place: 'trainer rawmed',
    expected: 'a dataset that comes as events',
    found: `${cohort.schema.name}, which has a grid only`,
    remedy:
      'Choose simulated-events, mimic4-demo, eicu-demo-events or an ingest with --form events, or another trainer.',
  });
}

/** Number of events that the pipeline itself puts into every stay. */
export const addedEvents = ({ statics }: Pick<RawmedParameters, 'statics'>): number =>
  statics === 'stay-event' ? 1 : 0;

/**
 * Brings the training part into the text of RawMed: statics as an event and time as a column where that is asked for, the
 * window, the limit of events, the vocabulary, truncation by column, and the rules of verification.
 *
 * @throws InputError without events, without an item column, and when fewer than two patients have a stay of six events
 */
export function trainingText(cohort: Cohort, parameters: RawmedParameters): TrainingText {
  const source = eventsOf(cohort);
  const window = windowOf(cohort, parameters);
  const added = addedEvents(parameters);
  const found = eventLimit(source, { window });
  const maxEvents = Math.min(found, parameters.maxEvents ?? Infinity) + added;
  const stated = parameters.statics === 'stay-event' ? withStayEvents(cohort, source) : source;
  const said = parameters.time === 'in-text' ? withTimeInText(stated) : stated;
  const { length, vocabulary, smallestCell } = parameters.text;
  const plain = normalEvents(said, { window, limit: maxEvents });
  const counts = (events: CohortEvents, stay: number): number =>
    events.start[stay + 1]! - events.start[stay]!;
  const trainable = (events: CohortEvents): number[] =>
    Array.from({ length: cohort.size }, (_, stay) => stay).filter(
      (stay) => counts(events, stay) >= MINIMUM_EVENTS + added,
    );
  const enough = (stays: readonly number[]): boolean =>
    new Set(stays.map((stay) => cohort.patients[stay])).size >= 2;
  const tooFew = (): InputError =>
    new InputError({
      place: 'training stays',
      expected: `two or more patients with a stay of ${MINIMUM_EVENTS} or more events in the window`,
      found: 'fewer',
      remedy: 'Lengthen the window, or train on more stays: shorter ones are not learnt from, as published.',
    });
  if (!enough(trainable(plain))) throw tooFew();
  const tokeniser = learnTokeniser(plain, cohort.patients, { limit: vocabulary, smallestCell });
  const { statistics } = encodeEvents(plain, tokeniser, { length });
  const events = normalEvents(said, { window, limit: maxEvents, text: { tokeniser, length } });
  const stays = trainable(events);
  if (!enough(stays)) throw tooFew();
  const rules = verificationRules(
    selectEvents(events, stays),
    stays.map((stay) => cohort.patients[stay]!),
    { smallestCell, itemUnrelated: ['patientweight', TIME_COLUMN] },
  );
  return { window, maxEvents, tokeniser, rules, statistics, events, stays };
}

import type { EngineName } from '../../engine/contract.js';
import { random } from '../../engine/random.js';
import { codesPerEvent } from '../../models/eventAutoencoderOptions.js';
import type { TrainingEvent } from '../contract.js';
import { acceptedStay, type AcceptedStay } from './acceptedStay.js';
import { openEventReader, type EventReader } from './eventReader.js';
import { minuteInText } from './timeInText.js';
import { openedText, type OpenedText, type RawmedModel } from './rawmedModel.js';
import { timeBin } from './text/timeDigits.js';
import type { EventCodes } from './training/eventCodes.js';
import { openSampler } from './training/sampleSequences.js';
import { verifiedStays, type AcceptedStays } from './verification/verifiedStays.js';
import type { DrawnEvent } from './training/stayDrafts.js';
import { eventJudge } from './eventJudge.js';
import { stayVerifier, type DraftEvent, type DraftStay } from './verification/verifyStay.js';

/** What sampling needs besides the model. */
export interface DrawContext {
  readonly engine: EngineName;
  readonly signal?: AbortSignal;
  emit?(event: TrainingEvent): void;
}

/** Stays that passed, and how many events were drawn for all stays. */
export interface DrawnVerified extends AcceptedStays<AcceptedStay> {
  readonly events: { readonly drawn: number; readonly accepted: number };
}

/** Events of stays as the verification takes them. */
async function draftsOf(
  reader: EventReader,
  { autoencoder, time }: OpenedText,
  drawn: EventCodes,
): Promise<DraftStay[]> {
  const width = codesPerEvent(autoencoder);
  const total = drawn.codes.length / width;
  const events = await reader.read(
    Array.from({ length: total }, (_, at) => Array.from(drawn.codes.subarray(at * width, (at + 1) * width))),
  );
  let at = 0;
  return Array.from(drawn.events, (count) =>
    Array.from({ length: count }, (): DraftEvent => {
      const event = events[at]!;
      const digits = drawn.digits.subarray(at * time.slots, (at + 1) * time.slots);
      at += 1;
      return { minute: time.slots === 0 ? minuteInText(event) : time.read(digits), event };
    }),
  );
}

/**
 * Draws stays until `wanted` pass the verification or the budget is spent: codes from the Transformer, text from the
 * decoder, cells from the parser. What is drawn depends on the seed and `wanted` alone.
 *
 * @throws TrainingFailure with the reasons when none passes
 */
export async function drawStays(
  model: RawmedModel,
  wanted: number,
  seed: number,
  context: DrawContext,
): Promise<DrawnVerified> {
  const { parameters, window } = model;
  const { topK, temperature, order, orderedTimes, budget, redraws } = parameters.sampling;
  const opened = openedText(model);
  const rows = Math.min(parameters.sampling.rows, wanted);
  const events = { drawn: 0, accepted: 0 };
  const reader = await openEventReader(model, opened, context.engine, rows);
  const judge = eventJudge(model, reader, (accepted) => {
    events.drawn += 1;
    if (accepted) events.accepted += 1;
  });
  const sampler = await openSampler(opened.transformer, model.transformer, {
    rows,
    temperature,
    ...(topK === null ? {} : { topK }),
    ...(opened.time.slots === 0 ? {} : { lastBin: timeBin(window), ordered: orderedTimes }),
    judge,
    redraws,
    engine: { engine: context.engine },
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const verify = stayVerifier(model.rules, { window, order });
  const draws = random(seed, 'rawmed-stays');
  let [accepted, drawn] = [0, 0];
  const report = (): void =>
    context.emit?.({
      kind: 'round',
      stage: 'sampling',
      round: Math.max(1, Math.min(accepted, wanted)),
      rounds: wanted,
      loss: 1 - accepted / drawn,
      monitors: {
        drawn,
        accepted,
        acceptanceRate: accepted / drawn,
        eventAcceptanceRate: events.accepted / Math.max(1, events.drawn),
      },
    });
  try {
    const found = await verifiedStays({
      wanted,
      budget: Math.ceil(budget * wanted),
      draw: async (count) => {
        context.signal?.throwIfAborted();
        if (drawn > 0) report();
        const codes = await sampler.sample(count, draws);
        const drafts = await draftsOf(reader, opened, codes);
        if (redraws === 0) await judge(placedEvents(codes, codesPerEvent(opened.autoencoder)));
        return drafts;
      },
      verify: (draft: DraftStay) => {
        const verdict = acceptedStay(model, verify(draft));
        drawn += 1;
        if ('stay' in verdict) accepted += 1;
        return verdict;
      },
    });
    report();
    return { ...found, events };
  } finally {
    await sampler.dispose();
    await reader.dispose();
  }
}

/** Every event of drawn stays with its place. */
function placedEvents({ events, codes }: EventCodes, width: number): DrawnEvent[] {
  let at = 0;
  return Array.from(events).flatMap((count, stay) =>
    Array.from({ length: count }, (_, place) => ({
      stay,
      place,
      redraws: 0,
      codes: Array.from(codes.subarray(at * width, ++at * width)),
    })),
  );
}

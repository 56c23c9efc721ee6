import type { EngineName } from '../../engine/contract.js';
import { random } from '../../engine/random.js';
import type { TrainingEvent } from '../contract.js';
import { acceptedStay, type AcceptedStay } from './acceptedStay.js';
import type { DrawableModel, DrawnIds, EventReader, OpenDrawer } from './drawableModel.js';
import { eventJudge } from './eventJudge.js';
import { minuteInText } from './timeInText.js';
import { verifiedStays, type AcceptedStays } from './verification/verifiedStays.js';
import { stayVerifier, type DraftStay } from './verification/verifyStay.js';

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
async function draftsOf(reader: EventReader, stays: readonly (readonly DrawnIds[])[]): Promise<DraftStay[]> {
  const events = await reader.read(stays.flatMap((stay) => stay.map(({ codes }) => codes)));
  let at = 0;
  return stays.map((stay) =>
    stay.map(({ minute }) => {
      const event = events[at++]!;
      return { minute: minute === undefined ? minuteInText(event) : minute, event };
    }),
  );
}

/**
 * Draws stays until `wanted` pass the verification or the budget is spent: ids from the drawer, text from its
 * reader, cells from the parser. What is drawn depends on the seed and `wanted` alone.
 *
 * @throws TrainingFailure with the reasons when none passes
 */
export async function drawStays(
  model: DrawableModel,
  open: OpenDrawer,
  wanted: number,
  seed: number,
  context: DrawContext,
): Promise<DrawnVerified> {
  const { order, budget, redraws, rows } = model.parameters.sampling;
  const events = { drawn: 0, accepted: 0 };
  const judge = (reader: EventReader) =>
    eventJudge(model, reader, (accepted) => {
      events.drawn += 1;
      if (accepted) events.accepted += 1;
    });
  const drawer = await open({
    rows: Math.min(rows, wanted),
    engine: context.engine,
    judge,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const judgeAll = judge(drawer.reader);
  const verify = stayVerifier(model.rules, { window: model.window, order });
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
        const stays = await drawer.sample(count, draws);
        const drafts = await draftsOf(drawer.reader, stays);
        if (redraws === 0)
          await judgeAll(
            stays.flatMap((own, stay) => own.map(({ codes }, place) => ({ stay, place, redraws: 0, codes }))),
          );
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
    await drawer.dispose();
  }
}

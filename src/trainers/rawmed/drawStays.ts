import type { EngineName } from '../../engine/contract.js';
import { random } from '../../engine/random.js';
import type { TrainingEvent } from '../contract.js';
import { openedText, decodingState, type RawmedModel } from './rawmedModel.js';
import { minuteInText } from './timeInText.js';
import { eventParser } from './text/decodeEvent.js';
import { timeBin } from './text/timeDigits.js';
import { decodedEvents } from './training/eventAutoencoderCodes.js';
import { openSampler } from './training/sampleSequences.js';
import { acceptedStay, type AcceptedStay } from './acceptedStay.js';
import { verifiedStays, type AcceptedStays } from './verification/verifiedStays.js';
import { stayVerifier, type DraftEvent, type DraftStay } from './verification/verifyStay.js';

/** What sampling needs besides the model. */
export interface DrawContext {
  readonly engine: EngineName;
  readonly signal?: AbortSignal;
  emit?(event: TrainingEvent): void;
}

/** Turns codes of stays into drafts, through the decoder and the parser. */
async function draftsOf(
  model: RawmedModel,
  { autoencoder, time, tokeniser }: ReturnType<typeof openedText>,
  drawn: { readonly events: Uint32Array; readonly digits: Uint8Array; readonly codes: Uint16Array },
  engine: EngineName,
): Promise<DraftStay[]> {
  const ids = await decodedEvents(autoencoder, decodingState(model.autoencoder), drawn.codes, { engine });
  const parse = eventParser(model.tables, tokeniser);
  const { length } = autoencoder;
  let at = 0;
  return Array.from(drawn.events, (count) =>
    Array.from({ length: count }, (): DraftEvent => {
      const event = parse(
        ids.tokens.subarray(at * length, (at + 1) * length),
        ids.types.subarray(at * length, (at + 1) * length),
      );
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
): Promise<AcceptedStays<AcceptedStay>> {
  const { parameters, window } = model;
  const { topK, temperature, order, orderedTimes, budget, rows } = parameters.sampling;
  const opened = openedText(model);
  const sampler = await openSampler(opened.transformer, model.transformer, {
    rows: Math.min(rows, wanted),
    temperature,
    ...(topK === null ? {} : { topK }),
    ...(opened.time.slots === 0 ? {} : { lastBin: timeBin(window), ordered: orderedTimes }),
    engine: { engine: context.engine },
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const verify = stayVerifier(model.rules, { window, order });
  const draws = random(seed, 'rawmed-stays');
  let accepted = 0;
  let drawn = 0;
  try {
    return await verifiedStays({
      wanted,
      budget: Math.ceil(budget * wanted),
      draw: async (count) => {
        context.signal?.throwIfAborted();
        if (drawn > 0)
          context.emit?.({
            kind: 'round',
            stage: 'sampling',
            round: Math.max(1, Math.min(accepted, wanted)),
            rounds: wanted,
            loss: 1 - accepted / drawn,
            monitors: { drawn, accepted, acceptanceRate: accepted / drawn },
          });
        return draftsOf(model, opened, await sampler.sample(count, draws), context.engine);
      },
      verify: (draft: DraftStay) => {
        const verdict = acceptedStay(model, verify(draft));
        drawn += 1;
        if ('stay' in verdict) accepted += 1;
        return verdict;
      },
    });
  } finally {
    await sampler.dispose();
  }
}

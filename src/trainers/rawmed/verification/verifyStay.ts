import type { DecodedEvent, TextFault } from '../text/decodeEvent.js';
import { MINIMUM_EVENTS } from '../text/eventWindow.js';
import { orderedTimes, type TimeOrder } from './timeOrder.js';
import {
  eventVerifier,
  type EventFault,
  type VerificationOptions,
  type VerifiedEvent,
} from './verifyEvent.js';
import type { VerificationRules } from './verificationRules.js';

/** A generated event with its time, in one piece: what happens to the event happens to its time. */
export interface DraftEvent {
  /** Minutes since ICU admission; null if the time digits were none. */
  readonly minute: number | null;
  readonly event: DecodedEvent;
}

/** A generated stay as it comes from text. */
export type DraftStay = readonly DraftEvent[];

export interface TimedEvent extends VerifiedEvent {
  readonly minute: number;
}

export type StayFault = TextFault | EventFault | 'too-few-events';

export type StayVerdict =
  | { readonly stay: readonly TimedEvent[] }
  /** The fault of the first event that has one. */
  | { readonly rejected: StayFault };

export interface StayOptions extends VerificationOptions {
  /** Minutes, both ends included. */
  readonly window: number;
  readonly order?: TimeOrder;
}

/**
 * Makes the check of stays. A stay is accepted as a whole or not at all: if every event passes, also those behind a cut
 * of the times, and six or more events have a time in order.
 */
export function stayVerifier(
  rules: VerificationRules,
  { window, order = 'cut', ...options }: StayOptions,
): (draft: DraftStay) => StayVerdict {
  const verify = eventVerifier(rules, options);
  return (draft) => {
    const events: VerifiedEvent[] = [];
    for (const { event } of draft) {
      const verdict = 'rejected' in event ? event : verify(event);
      if ('rejected' in verdict) return verdict;
      events.push(verdict);
    }
    const times = orderedTimes(
      draft.map(({ minute }) => minute),
      { window, order },
    );
    if (times.length < MINIMUM_EVENTS) return { rejected: 'too-few-events' };
    return { stay: times.map((minute, i) => ({ ...events[i]!, minute })) };
  };
}

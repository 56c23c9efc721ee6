import type { CohortSchema } from '../../cohort/types.js';
import type { RawmedParameters } from './parameters.js';
import { readStayEvent, type StayValues } from './stayEvent.js';
import { MINIMUM_EVENTS } from './text/eventWindow.js';
import type { StayVerdict, TimedEvent } from './verification/verifyStay.js';

/** A verified stay on the tables of the cohort. */
export interface AcceptedStay {
  readonly events: readonly TimedEvent[];
  /** Statics and labels; null where the model does not draw them. */
  readonly values: StayValues | null;
}

export type AcceptedVerdict = { readonly stay: AcceptedStay } | { readonly rejected: string };

/**
 * Takes off what the pipeline itself put in: the stay's own event, which must be its first and only one of its table, and the
 * column of time.
 *
 * @returns the verdict's own fault, or `no-stay-event`, `second-stay-event` or `too-few-events`
 */
export function acceptedStay(
  {
    schema,
    parameters,
  }: { readonly schema: CohortSchema; readonly parameters: Pick<RawmedParameters, 'statics' | 'time'> },
  verdict: StayVerdict,
): AcceptedVerdict {
  if ('rejected' in verdict) return verdict;
  const bare =
    parameters.time === 'in-text'
      ? verdict.stay.map((event) => ({ ...event, cells: event.cells.slice(1) }))
      : verdict.stay;
  if (parameters.statics === 'none') return { stay: { events: bare, values: null } };
  const [first, ...rest] = bare;
  if (first?.table !== 0) return { rejected: 'no-stay-event' };
  if (rest.some(({ table }) => table === 0)) return { rejected: 'second-stay-event' };
  if (rest.length < MINIMUM_EVENTS) return { rejected: 'too-few-events' };
  return {
    stay: {
      events: rest.map((event) => ({ ...event, table: event.table - 1 })),
      values: readStayEvent(schema, first.cells),
    },
  };
}

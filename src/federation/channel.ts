import type { CommunicationLedger } from './ledger.js';
import { payloadBytes } from './ledger.js';
import { messages, type Answers, type MessageKind, type ReplyOf, type RequestOf } from './messages.js';
import { TrainingFailure } from './trainingFailure.js';

/** A hospital as the server sees it: a name and answers to messages, nothing else. */
export interface HospitalDoor {
  readonly id: string;
  readonly answers: Answers;
}

/** Everything that crossed in one message, for tests and audits. */
export interface CrossedMessage {
  readonly hospital: string;
  readonly kind: MessageKind;
  readonly request: unknown;
  readonly reply: unknown;
}

export interface HospitalReply<K extends MessageKind> {
  readonly hospital: string;
  readonly reply: ReplyOf<K>;
}

/** The server's only way to its hospitals. */
export interface Federation {
  /** In the order in which they are asked. */
  readonly hospitals: readonly string[];
  /** Asks every hospital in turn; one synchronisation. `request` may depend on the hospital. */
  askAll<K extends MessageKind>(
    kind: K,
    request: RequestOf<K> | ((hospital: string) => RequestOf<K>),
  ): Promise<HospitalReply<K>[]>;
}

function firstNonFinite(payload: unknown, path: string): string | null {
  if (payload instanceof Float32Array || payload instanceof Float64Array)
    return payload.every(Number.isFinite) ? null : path;
  if (typeof payload === 'number') return Number.isFinite(payload) ? null : path;
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return null;
  for (const [name, part] of Object.entries(payload)) {
    const found = firstNonFinite(part, path === '' ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Opens channels to hospitals. Every message is checked against its declared form in both directions (an undeclared field
 * is an error), answers must be finite numbers, and bytes go to the ledger.
 *
 * @throws TrainingFailure naming the hospital when an answer holds a number that is not finite or has another form.
 */
export function federate(
  doors: readonly HospitalDoor[],
  ledger: CommunicationLedger,
  options: { readonly record?: (message: CrossedMessage) => void; readonly signal?: AbortSignal } = {},
): Federation {
  async function ask<K extends MessageKind>(
    door: HospitalDoor,
    kind: K,
    request: RequestOf<K>,
  ): Promise<HospitalReply<K>> {
    options.signal?.throwIfAborted();
    messages[kind].request.parse(request);
    const reply = await door.answers[kind](request);
    const nonFinite = firstNonFinite(reply, '');
    if (nonFinite !== null)
      throw new TrainingFailure(
        `hospital ${door.id} answered ${kind} with numbers that are not finite (${nonFinite}); a smaller learning rate usually helps`,
      );
    const form = messages[kind].reply.safeParse(reply);
    if (!form.success)
      throw new TrainingFailure(
        `hospital ${door.id} answered ${kind} with something that is not declared: ${form.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      );
    ledger.recordMessage(payloadBytes(request), payloadBytes(reply));
    options.record?.({ hospital: door.id, kind, request, reply });
    return { hospital: door.id, reply };
  }
  return {
    hospitals: doors.map((door) => door.id),
    async askAll(kind, request) {
      const replies = [];
      for (const door of doors)
        replies.push(await ask(door, kind, typeof request === 'function' ? request(door.id) : request));
      ledger.recordSynchronisation();
      return replies;
    },
  };
}

import { HospitalUnavailable } from './hospitalUnavailable.js';
import type { CommunicationLedger } from './ledger.js';
import { payloadBytes } from './ledger.js';
import {
  messages,
  watching,
  type AnswersTo,
  type KindOf,
  type Messages,
  type Protocol,
  type ReplyIn,
  type RequestIn,
} from './messages.js';
import { TrainingFailure } from './trainingFailure.js';

/** A hospital as the server sees it: a name and answers to messages, nothing else. */
export interface HospitalDoor<P extends Protocol = Messages> {
  readonly id: string;
  readonly answers: AnswersTo<P>;
  /** Hospitals of one lane are asked one after the other, lanes side by side. 0 when left out. */
  readonly lane?: number;
  /**
   * What the hospital remembers of its training between rounds, for a checkpoint of the whole training. No message: the server
   * never reads it, and a hospital at another place would keep it there. Left out where training cannot be taken up again.
   */
  memory?(): Promise<Uint8Array>;
  /** Takes up what `memory` gave; the hospital has been prepared as before. */
  recall?(memory: Uint8Array): Promise<void>;
}

/** Everything that crossed in one message, for tests and audits. */
export interface CrossedMessage<P extends Protocol = Messages> {
  readonly hospital: string;
  readonly kind: KindOf<P>;
  readonly request: unknown;
  readonly reply: unknown;
}

export interface HospitalReply<K extends KindOf<P>, P extends Protocol = Messages> {
  readonly hospital: string;
  readonly reply: ReplyIn<P, K>;
}

/** The server's only way to its hospitals. */
export interface Federation<P extends Protocol = Messages> {
  /** In the order of the answers. */
  readonly hospitals: readonly string[];
  /**
   * Asks every hospital, one synchronisation; `request` may depend on the hospital. Answers, record and failures come in the
   * order of `hospitals` whatever the lanes: of several failures the first hospital's is thrown, once every lane has ended.
   */
  askAll<K extends KindOf<P>>(
    kind: K,
    request: RequestIn<P, K> | ((hospital: string) => RequestIn<P, K>),
  ): Promise<HospitalReply<K, P>[]>;
  /** As `askAll`, but goes on without hospitals that are unavailable; their reasons by name are in `absent`. */
  askAvailable<K extends KindOf<P>>(
    kind: K,
    request: RequestIn<P, K> | ((hospital: string) => RequestIn<P, K>),
  ): Promise<{ replies: HospitalReply<K, P>[]; absent: Record<string, string> }>;
  /** What every hospital remembers between rounds, by name; see `HospitalDoor.memory`. */
  memories(): Promise<Record<string, Uint8Array>>;
  recall(memories: Readonly<Record<string, Uint8Array>>): Promise<void>;
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
 * Does `work` for every door: in order within a lane, lanes side by side. A failure ends its own lane.
 *
 * @returns results in the order of the doors
 * @throws the failure of the first door that has one, after all lanes have ended
 */
async function inLanes<T, P extends Protocol>(
  doors: readonly HospitalDoor<P>[],
  work: (door: HospitalDoor<P>) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const failures: { readonly at: number; readonly error: unknown }[] = [];
  // Lane 0 may be the calling thread itself: it comes last, since its work leaves no time to send the others theirs.
  const lanes = [...new Set(doors.map(({ lane = 0 }) => lane))].sort((a, b) => b - a);
  await Promise.all(
    lanes.map(async (own) => {
      for (const [at, door] of doors.entries()) {
        if ((door.lane ?? 0) !== own) continue;
        try {
          results[at] = await work(door);
        } catch (error) {
          failures.push({ at, error });
          return;
        }
      }
    }),
  );
  const first = failures.sort((a, b) => a.at - b.at)[0];
  if (first !== undefined) throw first.error;
  return results;
}

const requestTo = <R>(request: R | ((hospital: string) => R), hospital: string): R =>
  typeof request === 'function' ? (request as (hospital: string) => R)(hospital) : request;

/**
 * Opens channels to hospitals. Every message is checked against its declared form in both directions (an undeclared field
 * is an error), answers must be finite numbers, and bytes go to the ledger.
 *
 * @throws TrainingFailure naming the hospital when an answer holds a number that is not finite or has another form, or
 * when there is no answer where all hospitals must give one.
 */
export function federateBy<P extends Protocol>(
  protocol: P,
  doors: readonly HospitalDoor<P>[],
  ledger: CommunicationLedger,
  options: { readonly record?: (message: CrossedMessage<P>) => void; readonly signal?: AbortSignal } = {},
): Federation<P> {
  async function ask<K extends KindOf<P>>(
    door: HospitalDoor<P>,
    kind: K,
    request: RequestIn<P, K>,
  ): Promise<HospitalReply<K, P> & { readonly request: RequestIn<P, K> }> {
    options.signal?.throwIfAborted();
    protocol[kind]!.request.parse(request);
    const reply = await door.answers[kind](request);
    const nonFinite = firstNonFinite(reply, '');
    if (nonFinite !== null)
      throw new TrainingFailure(
        `hospital ${door.id} answered ${kind} with numbers that are not finite (${nonFinite}); a smaller learning rate usually helps`,
      );
    const form = protocol[kind]!.reply.safeParse(reply);
    if (!form.success)
      throw new TrainingFailure(
        `hospital ${door.id} answered ${kind} with something that is not declared: ${form.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      );
    return { hospital: door.id, request, reply };
  }
  async function askAvailable<K extends KindOf<P>>(
    kind: K,
    request: RequestIn<P, K> | ((hospital: string) => RequestIn<P, K>),
  ): Promise<{ replies: HospitalReply<K, P>[]; absent: Record<string, string> }> {
    const asked = await inLanes(doors, async (door) => {
      try {
        return await ask(door, kind, requestTo(request, door.id));
      } catch (error) {
        if (error instanceof HospitalUnavailable) return { hospital: door.id, reason: error.message };
        throw error;
      }
    });
    const replies: HospitalReply<K, P>[] = [];
    const absent: Record<string, string> = {};
    for (const one of asked) {
      if ('reason' in one) {
        absent[one.hospital] = one.reason;
        continue;
      }
      const { hospital, request: sent, reply } = one;
      if (watching.has(kind)) ledger.recordWatching(payloadBytes(sent) + payloadBytes(reply));
      else ledger.recordMessage(payloadBytes(sent), payloadBytes(reply));
      options.record?.({ hospital, kind, request: sent, reply });
      replies.push({ hospital, reply });
    }
    if (!watching.has(kind)) ledger.recordSynchronisation();
    return { replies, absent };
  }
  return {
    hospitals: doors.map((door) => door.id),
    askAvailable,
    async memories() {
      const kept = await inLanes(doors, async (door): Promise<[string, Uint8Array]> => {
        if (door.memory === undefined) throw new Error(`hospital ${door.id} keeps no memory`);
        return [door.id, await door.memory()];
      });
      return Object.fromEntries(kept);
    },
    async recall(memories) {
      await inLanes(doors, async (door) => {
        const memory = memories[door.id];
        if (door.recall === undefined || memory === undefined)
          throw new Error(`hospital ${door.id} has no memory to recall`);
        await door.recall(memory);
      });
    },
    async askAll(kind, request) {
      const { replies, absent } = await askAvailable(kind, request);
      const [missing] = Object.entries(absent);
      if (missing !== undefined)
        throw new TrainingFailure(
          `hospital ${missing[0]} did not answer ${kind}, which every hospital must: ${missing[1]}`,
        );
      return replies;
    },
  };
}

/** Channels that speak the messages of the generators of grids. */
export const federate = (
  doors: readonly HospitalDoor[],
  ledger: CommunicationLedger,
  options: Parameters<typeof federateBy<Messages>>[3] = {},
): Federation => federateBy(messages, doors, ledger, options);

import type { Worker } from 'node:worker_threads';
import type { HospitalDoor } from '../channel.js';
import { messages, type Answers, type MessageKind, type RequestOf } from '../messages.js';
import { receiveError, type SentError } from './sentError.js';

/** A question to one hospital of a lane. */
export interface HospitalQuestion {
  readonly hospital: string;
  readonly kind: MessageKind;
  readonly request: RequestOf<MessageKind>;
}

/** What a hospital of a lane is to remember, or with null the wish that it tells what it does. */
export interface MemoryQuestion {
  readonly hospital: string;
  readonly memory: Uint8Array | null;
}

/** What a lane is sent: one question at a time, or the wish that it ends. */
export type LaneQuestion = HospitalQuestion | MemoryQuestion | 'close';

/** What a lane sends: the hospital's answer to the question before, and nothing else ever. */
export type LaneAnswer = { readonly reply: unknown } | { readonly error: SentError };

/** A lane in another thread. */
export interface LanePort {
  /** The hospital's door: every question is posted to the lane. */
  door(hospital: string, lane: number): HospitalDoor;
  /** Lets the thread release what it holds and waits until it has ended. */
  close(): Promise<void>;
}

interface Asker {
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/**
 * Speaks with a lane's worker, which must answer with `serveLane`. Every request is copied into the worker and every answer
 * out of it, so neither side holds memory of the other. Answers are checked by the channel, as those of any hospital.
 */
export function lanePort(worker: Worker): LanePort {
  let asker: Asker | null = null;
  let ended: Error | null = null;
  const finish = (error: Error): void => {
    ended ??= error;
    asker?.reject(ended);
    asker = null;
  };
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      finish(new Error(`a thread of hospitals ended with code ${code} before it answered`));
      resolve();
    });
  });
  worker.once('error', finish);
  worker.on('message', (answer: LaneAnswer) => {
    if ('error' in answer) asker?.reject(receiveError(answer.error));
    else asker?.resolve(answer.reply);
    asker = null;
  });
  const ask = (question: LaneQuestion): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== null) {
        reject(ended);
        return;
      }
      asker = { resolve, reject };
      worker.postMessage(question);
    });
  return {
    door: (hospital, lane) => ({
      id: hospital,
      lane,
      memory: async () => (await ask({ hospital, memory: null })) as Uint8Array,
      async recall(memory) {
        await ask({ hospital, memory });
      },
      answers: Object.fromEntries(
        Object.keys(messages).map((kind) => [
          kind,
          (request: RequestOf<MessageKind>) => ask({ hospital, kind: kind as MessageKind, request }),
        ]),
      ) as Answers,
    }),
    async close() {
      if (ended === null) worker.postMessage('close' satisfies LaneQuestion);
      await exit;
    },
  };
}

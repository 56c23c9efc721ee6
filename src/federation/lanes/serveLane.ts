import type { MessagePort } from 'node:worker_threads';
import type { HospitalDoor } from '../channel.js';
import type { MessageKind, ReplyOf, RequestOf } from '../messages.js';
import type { HospitalQuestion, LaneAnswer, LaneQuestion, MemoryQuestion } from './lanePort.js';
import { sendError } from './sentError.js';

/** The participants of a lane, and how what they hold is released. */
export interface OpenedLane {
  readonly doors: readonly HospitalDoor[];
  dispose(): Promise<void>;
}

const answer = async <K extends MessageKind>(
  door: HospitalDoor,
  kind: K,
  request: RequestOf<K>,
): Promise<ReplyOf<K>> => door.answers[kind](request);

const remember = (door: HospitalDoor, memory: Uint8Array | null): Promise<unknown> | undefined =>
  memory === null ? door.memory?.() : door.recall?.(memory);

/**
 * Serves a lane's participants on a port, in the worker's thread: answers questions one at a time until the other end asks it
 * to close, then releases everything and closes the port. A lane that could not be opened answers with the reason.
 */
export function serveLane(port: MessagePort, opening: Promise<OpenedLane>): void {
  const opened = opening.then(
    (lane) => ({ lane }),
    (error: unknown) => ({ error }),
  );
  async function reply(question: HospitalQuestion | MemoryQuestion): Promise<LaneAnswer> {
    const { hospital } = question;
    try {
      const state = await opened;
      if ('error' in state) throw state.error;
      const door = state.lane.doors.find(({ id }) => id === hospital);
      if (door === undefined) throw new Error(`hospital ${hospital} is not in this lane`);
      if ('memory' in question) return { reply: await remember(door, question.memory) };
      return { reply: await answer(door, question.kind, question.request) };
    } catch (error) {
      return { error: sendError(error) };
    }
  }
  async function close(): Promise<void> {
    const state = await opened;
    if ('lane' in state) await state.lane.dispose();
    port.close();
  }
  port.on('message', (question: LaneQuestion) => {
    if (question === 'close') void close();
    else void reply(question).then((sent) => port.postMessage(sent));
  });
}

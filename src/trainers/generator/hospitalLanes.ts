import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Cohort } from '../../cohort/types.js';
import type { HospitalDoor } from '../../federation/channel.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { lanePort, type LanePort } from '../../federation/lanes/lanePort.js';
import { lentThread, type LentThread } from './lentThread.js';
import { openParticipants, type LocalPlan, type Participant } from './participants.js';

/** What a lane's worker starts with. */
export interface LaneStart {
  readonly participants: readonly Participant[];
  readonly plan: LocalPlan;
  /** Where the thread works for the server. */
  readonly lent: MessagePort;
}

/** Participants spread over threads. */
export interface HospitalLanes {
  /** In the order of the participants, whatever their lane. */
  readonly doors: readonly HospitalDoor[];
  /** The threads beside the calling one, for work of the server's while their hospitals have none. */
  readonly lent: readonly LentThread[];
  /** Ends the threads; none of them has work. */
  close(): Promise<void>;
}

/**
 * Lane of every participant: the largest first, each to the lane with the fewest stays so far, so that lanes end at about the
 * same time.
 */
export function spread(stays: readonly number[], lanes: number): number[] {
  const load = Array.from({ length: Math.min(lanes, stays.length) }, () => 0);
  const laneOf = stays.map(() => 0);
  for (const at of [...stays.keys()].sort((a, b) => stays[b]! - stays[a]! || a - b)) {
    const lane = load.indexOf(Math.min(...load));
    laneOf[at] = lane;
    load[lane]! += stays[at]!;
  }
  return laneOf;
}

/** Memory of a cohort that moves to another thread instead of being copied. */
const buffersOf = (cohort: Cohort): ArrayBuffer[] =>
  Object.values(cohort).flatMap((column: unknown) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  );

interface Lane {
  readonly port: LanePort;
  readonly lent: LentThread;
}

function startLane(start: Omit<LaneStart, 'lent'>): Lane {
  const { port1: server, port2: lent } = new MessageChannel();
  const worker = new Worker(new URL('./laneWorker.js', import.meta.url), {
    workerData: { ...start, lent } satisfies LaneStart,
    transferList: [lent, ...start.participants.flatMap(({ cohort }) => buffersOf(cohort))],
  });
  return { port: lanePort(worker), lent: lentThread(server) };
}

/**
 * Spreads participants over lanes. The first lane is the calling thread, which would otherwise wait; every other is a worker
 * with models of its own, to which its participants' rows are moved. Models, noise and updates of a participant are the same
 * in any lane, so results do not depend on `lanes`.
 *
 * @param models of the calling thread; still compiling while the workers start
 */
export async function openLanes(
  participants: readonly Participant[],
  plan: LocalPlan,
  models: Promise<GeneratorModels>,
  lanes: number,
): Promise<HospitalLanes> {
  const laneOf = spread(
    participants.map(({ cohort }) => cohort.size),
    lanes,
  );
  const inLane = (lane: number): Participant[] => participants.filter((_, at) => laneOf[at] === lane);
  const started = new Map<number, Lane>();
  for (let lane = 1; lane <= Math.max(...laneOf); lane++)
    started.set(lane, startLane({ participants: inLane(lane), plan }));
  const close = async (): Promise<void> => {
    await Promise.all([...started.values()].map(({ port }) => port.close()));
  };
  try {
    const own = openParticipants(inLane(0), plan, await models);
    const doors = participants.map(({ id }, at): HospitalDoor => {
      const lane = laneOf[at]!;
      const door = started.get(lane)?.port.door(id, lane) ?? own.find((candidate) => candidate.id === id);
      if (door === undefined) throw new Error(`participant ${id} has no lane`);
      return door;
    });
    return { doors, lent: [...started.values()].map(({ lent }) => lent), close };
  } catch (error) {
    await close();
    throw error;
  }
}

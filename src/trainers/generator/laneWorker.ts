import { parentPort, workerData } from 'node:worker_threads';
import { serveLane, type OpenedLane } from '../../federation/lanes/serveLane.js';
import { compileModels } from './generatorModels.js';
import type { LaneStart } from './hospitalLanes.js';
import { openParticipants } from './participants.js';

/** Compiles this thread's own models and opens the participants that were moved here. */
async function open({ participants, plan }: LaneStart): Promise<OpenedLane> {
  const { schema } = participants[0]!.cohort;
  const models = await compileModels(schema, plan);
  return { doors: openParticipants(participants, plan, models), dispose: () => models.dispose() };
}

if (parentPort === null) throw new Error('a lane of hospitals runs in a worker thread only');
serveLane(parentPort, open(workerData as LaneStart));

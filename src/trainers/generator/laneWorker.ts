import { parentPort, workerData } from 'node:worker_threads';
import { serveLane, type OpenedLane } from '../../federation/lanes/serveLane.js';
import { compileModels, modelsAt } from './generatorModels.js';
import type { LaneStart } from './hospitalLanes.js';
import { lendThread } from './lentThread.js';
import { openParticipants } from './participants.js';
import { calibrateHospital } from './courseCalibration.js';

/** Compiles this thread's own models and opens the participants that were moved here. */
async function open({ participants, plan, lent }: LaneStart): Promise<OpenedLane> {
  const { schema } = participants[0]!.cohort;
  const models = await compileModels(schema, plan);
  lendThread(lent, async ({ parts, widths, hospital }) =>
    calibrateHospital(parts, await modelsAt(models, widths), plan.parameters, plan.seed, hospital),
  );
  return {
    doors: openParticipants(participants, plan, models),
    async dispose() {
      lent.close();
      await models.dispose();
    },
  };
}

if (parentPort === null) throw new Error('a lane of hospitals runs in a worker thread only');
serveLane(parentPort, open(workerData as LaneStart));

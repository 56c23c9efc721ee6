import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { staysByHospital } from '../cohort/select.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { writeCohort } from '../cohort/writeCohort.js';
import { releaseRecent } from '../metrics/recentCache.js';
import { releaseScratch } from '../stats/scratch.js';
import type { TrainContext, TrainedGenerator, TrainingEvent } from '../trainers/contract.js';
import { trainerById } from '../trainers/index.js';
import { writeModelFiles } from './modelFolder.js';
import type { PhaseEvent, TrainJob } from './plan.js';
import { preparedSplit } from './preparedSplit.js';
import { releaseUnusedArrays } from './unusedArrays.js';
import { withLanes, type HospitalWorkers, type SpareWorkers } from './spareWorkers.js';
import { staysInProportion } from './staysInProportion.js';

/** As many stays as train has, or the suite's number in proportion to train. */
function wantedStays(train: Cohort, size: TrainJob['size']): Record<string, number> {
  const stays = staysByHospital(train);
  return size === 'train' ? stays : staysInProportion(stays, size);
}

/** When a training is to be stopped, and where what must stay private and what it has come to may be kept. */
export type TrainingTerms = Pick<TrainContext, 'signal' | 'privateLog' | 'checkpoints'>;

/** Trains the job's generator on a split of its dataset; the caller disposes of it. */
function trainGenerator(
  job: TrainJob,
  split: CohortSplit,
  lanes: number,
  emit: (event: TrainingEvent) => void,
  terms: TrainingTerms = {},
): Promise<TrainedGenerator> {
  return trainerById(job.generator.trainer).train({
    train: split.train,
    reference: split.reference,
    parameters: job.generator.parameters,
    seed: job.seed,
    engine: job.engine,
    lanes,
    emit,
    ...terms,
  });
}

/** A reference generator's cohort. It may hold real rows, so it is never written to disk. */
export async function referenceCohort(job: TrainJob): Promise<Cohort> {
  const split = await preparedSplit(job.dataset);
  const generator = await trainGenerator(job, split, 1, () => undefined);
  try {
    return await generator.synthesise(wantedStays(split.train, job.size), job.seed);
  } finally {
    await generator.dispose();
  }
}

/**
 * Trains, samples, and writes `cohort/` and `model/` into the product's folder.
 *
 * @param threads how many threads the hospitals of the training are spread over; decides no byte of the product
 */
export async function executeTraining(
  job: TrainJob,
  folder: string,
  emit: (event: TrainingEvent | PhaseEvent) => void,
  threads: { readonly wanted: HospitalWorkers; readonly spare: SpareWorkers },
  terms: TrainingTerms = {},
): Promise<void> {
  if (trainerById(job.generator.trainer).kind === 'reference')
    throw new Error('the cohort of a reference generator may hold real rows and is never written to disk');
  // What earlier scorings of this thread have left would stand beside the training's own arrays.
  releaseRecent();
  releaseScratch();
  releaseUnusedArrays();
  const split = await preparedSplit(job.dataset);
  let begin = performance.now();
  const tell = (phase: PhaseEvent['phase']): void => {
    const now = performance.now();
    emit({ kind: 'phase', phase, seconds: (now - begin) / 1000 });
    begin = now;
  };
  const generator = await withLanes(threads.wanted, threads.spare, split.train.hospitals.length, (lanes) =>
    trainGenerator(job, split, lanes, emit, terms),
  );
  let synthetic: Cohort;
  try {
    tell('training');
    releaseUnusedArrays();
    synthetic = await generator.synthesise(wantedStays(split.train, job.size), job.seed);
  } finally {
    // Its compiled steps hold hundreds of megabytes, which writing can do without.
    await generator.dispose();
  }
  tell('sampling');
  releaseUnusedArrays();
  await writeCohort(synthetic, join(folder, 'cohort'));
  await mkdir(join(folder, 'model'));
  await writeModelFiles(generator, join(folder, 'model'));
}

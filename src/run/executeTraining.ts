import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hospitalCounts } from '../cohort/select.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { writeCohort } from '../cohort/writeCohort.js';
import type { TrainedGenerator, TrainingEvent } from '../trainers/contract.js';
import { trainerById } from '../trainers/index.js';
import type { TrainJob } from './plan.js';
import { preparedSplit } from './preparedSplit.js';
import { withLanes, type HospitalWorkers, type SpareWorkers } from './spareWorkers.js';

/**
 * Synthetic stays per hospital: as many as train has, or the suite's number in proportion to train; largest remainders
 * get what rounding down leaves, so that the numbers sum to it.
 */
export function staysPerHospital(train: Cohort, size: TrainJob['size']): Record<string, number> {
  const counts = hospitalCounts(train);
  const wanted = size === 'train' ? train.size : size;
  const shares = counts.map((stays) => (wanted * stays) / train.size);
  const stays = shares.map(Math.floor);
  const left = wanted - stays.reduce((sum, n) => sum + n, 0);
  const byRemainder = [...shares.keys()].sort((a, b) => (shares[b]! % 1) - (shares[a]! % 1) || a - b);
  for (const hospital of byRemainder.slice(0, left)) stays[hospital]!++;
  return Object.fromEntries(train.hospitals.map((id, hospital) => [id, stays[hospital] ?? 0]));
}

/** Trains the job's generator on a split of its dataset; the caller disposes of it. */
function trainGenerator(
  job: TrainJob,
  split: CohortSplit,
  lanes: number,
  emit: (event: TrainingEvent) => void,
): Promise<TrainedGenerator> {
  return trainerById(job.generator.trainer).train({
    train: split.train,
    reference: split.reference,
    parameters: job.generator.parameters,
    seed: job.seed,
    engine: job.engine,
    lanes,
    emit,
  });
}

/** A reference generator's cohort. It may hold real rows, so it is never written to disk. */
export async function referenceCohort(job: TrainJob): Promise<Cohort> {
  const split = await preparedSplit(job.dataset);
  const generator = await trainGenerator(job, split, 1, () => undefined);
  try {
    return await generator.synthesise(staysPerHospital(split.train, job.size), job.seed);
  } finally {
    await generator.dispose();
  }
}

/**
 * Trains, samples, and writes `cohort/`, `model/` and `ledger.json` into the product's folder.
 *
 * @param threads how many threads the hospitals of the training are spread over; decides no byte of the product
 */
export async function executeTraining(
  job: TrainJob,
  folder: string,
  emit: (event: TrainingEvent) => void,
  threads: { readonly wanted: HospitalWorkers; readonly spare: SpareWorkers },
): Promise<void> {
  const split = await preparedSplit(job.dataset);
  const generator = await withLanes(threads.wanted, threads.spare, split.train.hospitals.length, (lanes) =>
    trainGenerator(job, split, lanes, emit),
  );
  try {
    const synthetic = await generator.synthesise(staysPerHospital(split.train, job.size), job.seed);
    await writeCohort(synthetic, join(folder, 'cohort'));
    await mkdir(join(folder, 'model'));
    for (const [name, bytes] of Object.entries(generator.files))
      await writeFile(join(folder, 'model', name), bytes);
    await writeFile(join(folder, 'ledger.json'), JSON.stringify(generator.ledger));
  } finally {
    await generator.dispose();
  }
}

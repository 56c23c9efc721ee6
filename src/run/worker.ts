import { InputError } from '../cohort/inputError.js';
import { tellNativeCalls } from '../engine/nativeCalls.js';
import {
  checkpointFolder,
  FolderCheckpoints,
  removeCheckpoints,
  secondsBetween,
} from './checkpointFolder.js';
import { executeBounds, executeScoring } from './executeScoring.js';
import { executeTraining } from './executeTraining.js';
import type { JobEvent } from './plan.js';
import type { JobOutcome } from './jobRunner.js';
import { isNoSpace } from './noSpace.js';
import { openStore } from './openStore.js';
import type { ReceivedTask, WorkerTask } from './pool.js';
import { privateLogOf } from './privateLog.js';
import { reportedAttempt } from './reportedAttempt.js';
import { ScoringJournal } from './scoringJournal.js';
import { SpareWorkers } from './spareWorkers.js';
import { threadSeconds } from './threadTime.js';

function needed(needs: WorkerTask['needs'], name: string): string {
  const folder = needs[name];
  if (folder === undefined) throw new Error(`the job was started without its ${name}`);
  return folder;
}

/** Whether the machine failed (full disk, lost connection) and not the computation. */
function isSystemError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code);
}

const STOP_POLL_MILLISECONDS = 100;

/** Thrown between two rounds or metrics when the run is being stopped. */
class Stopped extends Error {}

/** Runs one job in a worker thread: makes its product in the store and reports events through the port. */
export default async function work(task: ReceivedTask): Promise<JobOutcome> {
  const { job, port } = task;
  const processorBefore = threadSeconds();
  const flag = new Int32Array(task.stop);
  const heed = (): void => {
    if (Atomics.load(flag, 0) !== 0) throw new Stopped();
  };
  const emit = (event: JobEvent): void => {
    heed();
    port.postMessage(event);
  };
  const kept = checkpointFolder(task.store, task.key);
  const notKept = ({ message }: Error): void =>
    port.postMessage({
      kind: 'warning',
      message: `what the job has done so far cannot be kept (${message}): if it is interrupted it starts anew`,
    } satisfies JobEvent);
  let journal: ScoringJournal | undefined;
  let checkpoints: FolderCheckpoints | undefined;
  const stopping = new AbortController();
  // A training that waits for a program emits nothing meanwhile.
  const watch = setInterval(() => {
    if (Atomics.load(flag, 0) !== 0) stopping.abort(new Stopped());
  }, STOP_POLL_MILLISECONDS);
  try {
    heed();
    if (task.native !== null) tellNativeCalls(task.native);
    port.postMessage('started');
    const { folder, reused, seconds, complete } = await openStore(task.store).ensure(
      task.key,
      async (target) => {
        if (job.kind === 'train') {
          const spare = new SpareWorkers(task.spare);
          checkpoints = new FolderCheckpoints(kept, secondsBetween(process.env), notKept);
          await executeTraining(
            job,
            target,
            emit,
            { wanted: task.hospitalWorkers, spare },
            { signal: stopping.signal, privateLog: privateLogOf(task.store, task.key), checkpoints },
          );
          return;
        }
        const results = (journal = new ScoringJournal(kept, notKept));
        const done = Object.keys(results.known).length;
        if (done > 0) emit({ kind: 'resumed', stage: 'scoring', done });
        const attempt = reportedAttempt({ ...results.known, ...task.known }, (message) => {
          heed();
          if (message.kind === 'computed') results.append(message.name, message.timed);
          port.postMessage(message);
        });
        if (job.kind === 'bounds') await executeBounds(job, target, attempt);
        else
          await executeScoring(job, target, emit, {
            bounds: needed(task.needs, 'bounds'),
            synthetic: task.needs['synthetic'],
            attempt,
          });
      },
      () => checkpoints?.earlierSeconds ?? journal?.earlierSeconds ?? 0,
    );
    // The next run goes on from the results that are there.
    if (complete) await removeCheckpoints(kept);
    else
      port.postMessage({
        kind: 'warning',
        message:
          'results are missing that took too long or whose thread ended: the next run computes them again, and nothing else',
      } satisfies JobEvent);
    const processor = threadSeconds();
    return {
      state: 'done',
      folder,
      reused,
      seconds,
      cpuSeconds: processor === null || processorBefore === null ? null : processor - processorBefore,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } catch (error) {
    if (error instanceof Stopped) return { state: 'interrupted' };
    const failure = error instanceof Error ? error : new Error(String(error));
    return {
      state: 'failed',
      reason: isNoSpace(failure) ? `no space left in the store (${failure.message})` : failure.message,
      input: failure instanceof InputError,
      transient: isSystemError(failure),
      stack: failure.stack ?? '',
    };
  } finally {
    clearInterval(watch);
    journal?.close();
    port.postMessage('ended');
    port.close();
  }
}

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { receiveError, type SentError } from '../federation/lanes/sentError.js';
import { isAttemptMessage, type AttemptMessage, type KnownResults } from './reportedAttempt.js';
import type { FoldersToScore, OnProgress, ScoredFolders } from './scoredFolders.js';
import { withTimeLimit, type AttemptTerms } from './timeLimit.js';

/** What the scoring thread gets. */
export interface FoldersTask {
  readonly folders: FoldersToScore;
  readonly known: KnownResults;
  /** For `tellNativeCalls`. */
  readonly native: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What the scoring thread tells while it works. */
export type FoldersMessage =
  AttemptMessage | { readonly kind: 'progress'; readonly progress: Parameters<OnProgress> };

/** Errors cross threads as plain data. */
export type FoldersOutcome = { readonly scored: ScoredFolders } | { readonly error: SentError };

/**
 * Scores a synthetic cohort that any tool wrote, as `scoredFolders` does, in a thread of its own, so that a metric can be stopped when it
 * exceeds its time limit.
 */
export async function scoreFolders(folders: FoldersToScore, onProgress: OnProgress): Promise<ScoredFolders> {
  const pool = new Piscina({
    filename: new URL('./scoreFoldersWorker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    const outcome = await withTimeLimit(folders.scoring.metricTimeout, (terms) =>
      attemptAt(pool, folders, terms, onProgress),
    );
    if ('error' in outcome) throw receiveError(outcome.error);
    return outcome.scored;
  } finally {
    await pool.destroy();
  }
}

async function attemptAt(
  pool: Piscina,
  folders: FoldersToScore,
  terms: AttemptTerms,
  onProgress: OnProgress,
): Promise<FoldersOutcome> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (message: FoldersMessage) => {
    if (isAttemptMessage(message)) terms.heed(message);
    else onProgress(...message.progress);
  });
  const task: FoldersTask = { folders, known: terms.known, native: terms.native, port: port2 };
  try {
    return (await pool.run(task, { transferList: [port2], signal: terms.signal })) as FoldersOutcome;
  } finally {
    port1.close();
  }
}

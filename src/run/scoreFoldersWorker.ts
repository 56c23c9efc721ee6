import { tellNativeCalls } from '../engine/nativeCalls.js';
import { sendError } from '../federation/lanes/sentError.js';
import { reportedAttempt } from './reportedAttempt.js';
import { scoredFolders } from './scoredFolders.js';
import type { FoldersMessage, FoldersOutcome, FoldersTask } from './scoreFolders.js';

/** Scores cohort folders in a thread of its own. */
export default async function work({ folders, known, native, port }: FoldersTask): Promise<FoldersOutcome> {
  const tell = (message: FoldersMessage): void => port.postMessage(message);
  tellNativeCalls(native);
  try {
    const scored = await scoredFolders(folders, reportedAttempt(known, tell), (...progress) =>
      tell({ kind: 'progress', progress }),
    );
    return { scored };
  } catch (error) {
    return { error: sendError(error) };
  } finally {
    port.close();
  }
}

import { NativeCalls } from '../engine/nativeCalls.js';
import type { TimedResult } from '../metrics/attempt.js';
import type { Result } from '../metrics/contract.js';
import type { AttemptMessage, KnownResults } from './reportedAttempt.js';

/** What one attempt at a scoring in another thread is given. */
export interface AttemptTerms {
  readonly known: KnownResults;
  /** For `tellNativeCalls` in that thread. */
  readonly native: SharedArrayBuffer;
  /** Fires when the thread must be ended, in the middle of whatever it does. */
  readonly signal: AbortSignal;
  /** To be called with what the thread tells of its computations. */
  readonly heed: (message: AttemptMessage) => void;
}

const CRASH = 'crash: ';

/** Whether a result is missing because of the machine, so that another try may have it: the time was up, or the thread died. */
export const isMachineFault = (result: Pick<Result, 'state'> & { readonly reason?: string }): boolean =>
  result.state === 'timed-out' || (result.state === 'failed' && result.reason?.startsWith(CRASH) === true);

/** How often a thread that is to be ended is asked whether its native call is over. */
const POLL_MILLISECONDS = 20;

/**
 * Runs a scoring in another thread, which it may end and start anew: a computation that takes longer than the limit has state
 * `timed-out`, one whose thread dies has state `failed`, and the others go on.
 *
 * @param start rejects when its thread ended before it was done
 */
export async function withTimeLimit<T>(
  limitSeconds: number,
  start: (terms: AttemptTerms) => Promise<T>,
): Promise<T> {
  const known: Record<string, TimedResult> = {};
  for (;;) {
    const abort = new AbortController();
    const native = new NativeCalls();
    const state: { computing: { readonly name: string; readonly since: number } | null; expired: boolean } = {
      computing: null,
      expired: false,
    };
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      if (native.running) timer = setTimeout(end, POLL_MILLISECONDS);
      else abort.abort();
    };
    const heed = (message: AttemptMessage): void => {
      if (state.expired) return;
      clearTimeout(timer);
      if (message.kind === 'computed') {
        known[message.name] = message.timed;
        state.computing = null;
        return;
      }
      state.computing = { name: message.name, since: performance.now() };
      timer = setTimeout(() => {
        state.expired = true;
        native.forbid();
        end();
      }, limitSeconds * 1000);
    };
    try {
      return await start({ known, native: native.shared, signal: abort.signal, heed });
    } catch (error) {
      const last = state.computing;
      if (last === null) throw error;
      const seconds = (performance.now() - last.since) / 1000;
      const cause = error instanceof Error ? error.message : String(error);
      known[last.name] = {
        seconds,
        result: state.expired
          ? {
              state: 'timed-out',
              reason: `time-limit: stopped after ${limitSeconds} s, the limit of a metric`,
              n: 0,
            }
          : { state: 'failed', reason: `${CRASH}the thread that computed it ended: ${cause}`, n: 0 },
      };
    } finally {
      clearTimeout(timer);
    }
  }
}

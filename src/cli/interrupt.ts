import { EXIT } from './exitCodes.js';

/**
 * A signal that fires on the first Ctrl-C or SIGTERM, so that a run can stop its workers and keep what was finished; a second
 * Ctrl-C ends the process at once. Commands without it end at once on the first.
 */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort();
    process.once('SIGINT', () => process.exit(EXIT.interrupted));
  });
  process.once('SIGTERM', () => interrupt.abort());
  return interrupt.signal;
}

import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for every program. */
const TICKS_PER_SECOND = 100;
/** Fields of user and system time behind the thread's name, proc(5). */
const [USER, SYSTEM] = [11, 12];

/**
 * Processor seconds of the calling thread so far, native calls included and threads that it started not; null where the system does
 * not tell (it is read from /proc).
 */
export function threadSeconds(): number | null {
  let text: string;
  try {
    text = readFileSync('/proc/thread-self/stat', 'utf8');
  } catch {
    return null;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_PER_SECOND;
}

import { InputError } from '../cohort/inputError.js';
import { parseQueueAddress, type QueueAddress } from '../run/queue/queueAddress.js';

/** Where a password is not seen by everybody who lists processes. */
const VARIABLE = 'FEDEHR_QUEUE';

/** The queue that is asked for, or null. `env` stands for the address in the environment variable FEDEHR_QUEUE. */
export function queueAddress(option: string | undefined): QueueAddress | null {
  if (option === undefined) return null;
  if (option !== 'env') return parseQueueAddress(option);
  const address = process.env[VARIABLE];
  if (address === undefined || address === '')
    throw new InputError({
      place: '--queue env',
      expected: `an address in the environment variable ${VARIABLE}`,
      found: 'none',
      remedy: `Set it, for example ${VARIABLE}=redis://localhost:6379.`,
    });
  return parseQueueAddress(address);
}

import type { Ledger } from './contract.js';

/** Bytes that crossed the line between hospitals and server, both ways; null where nobody counted them. */
export function bytesBothWays({ bytesUp, bytesDown }: Pick<Ledger, 'bytesUp' | 'bytesDown'>): number | null {
  return bytesUp === null || bytesDown === null ? null : bytesUp + bytesDown;
}

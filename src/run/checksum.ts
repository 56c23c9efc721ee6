import { createHash } from 'node:crypto';

export const CHECKSUM_BYTES = 32;

/** SHA-256 of what a file of the run holds, to be written before it. */
export const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

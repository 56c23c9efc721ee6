import { ftruncateSync, writeSync } from 'node:fs';

/**
 * Appends to a file all of the bytes or none.
 *
 * @param handle opened for appending
 * @param size of the file before
 * @throws the system's error; ENOSPC also where the disk took a part only
 */
export function appendWhole(handle: number, bytes: Uint8Array, size: number): void {
  try {
    if (writeSync(handle, bytes) < bytes.length)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  } catch (error) {
    ftruncateSync(handle, size);
    throw error;
  }
}

import { open } from 'node:fs/promises';

import { tooLarge } from './ownFile.js';

/**
 * The text of a file (or pipe) that is never larger than `most` bytes when it is what it should be.
 *
 * @throws InputError when it is larger; the error of the file system when it cannot be read
 */
export async function boundedText(file: string, most: number): Promise<string> {
  const handle = await open(file);
  try {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
      if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
      bytes += bytesRead;
      if (bytes > most) throw tooLarge(file, bytes, most);
      pieces.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

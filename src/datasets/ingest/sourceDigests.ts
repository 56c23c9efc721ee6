import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { InputError } from '../../cohort/inputError.js';
import type { SourceFile } from './sourceFiles.js';

/** sha256 of a source file as shipped, and its size. */
export interface SourceDigest {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const atOnce = 1 << 20;

async function hashed(file: string, signal: AbortSignal): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file, { highWaterMark: atOnce, signal })) {
    if (!(piece instanceof Uint8Array)) continue;
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** @throws InputError on a gzip file that is cut short or damaged: DuckDB may read such a file without complaint */
async function requireWhole(file: string, signal: AbortSignal): Promise<void> {
  const discard = new Writable({ write: (_piece, _encoding, done) => done() });
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: atOnce }),
      createGunzip({ chunkSize: atOnce }),
      discard,
      { signal },
    );
  } catch (error) {
    if (!(error instanceof Error) || signal.aborted) throw error;
    throw new InputError({
      file,
      expected: 'a complete gzip file',
      found: /unexpected end/.test(error.message) ? 'one that is cut short' : 'a damaged one',
      remedy: 'Compare it with the publisher’s checksum and copy it again.',
    });
  }
}

/** The hashes in the publisher's `SHA256SUMS.txt`, if the folder has one. */
async function publishedHashes(from: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(from, 'SHA256SUMS.txt'), 'utf8').catch(() => '');
  return new Set([...text.matchAll(/^([0-9a-f]{64})\s/gim)].map(([, hash]) => hash!.toLowerCase()));
}

/**
 * Hashes all files, while others read them. A gzipped file whose hash the folder's `SHA256SUMS.txt` lists is known to be whole;
 * any other is decompressed to its end.
 *
 * @throws InputError on a gzip file that is cut short or damaged
 */
export async function digestSources(
  from: string,
  files: Iterable<SourceFile>,
  signal: AbortSignal,
): Promise<SourceDigest[]> {
  const published = await publishedHashes(from);
  const digests: SourceDigest[] = [];
  for (const { paths, format } of files)
    for (const file of paths) {
      const { bytes, sha256 } = await hashed(file, signal);
      if (format === 'csv.gz' && !published.has(sha256)) await requireWhole(file, signal);
      digests.push({ name: path.relative(from, file), bytes, sha256 });
    }
  return digests;
}

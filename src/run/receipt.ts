import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';

/** What a finished product is made of; written last. */
export interface Receipt {
  readonly key: string;
  /** How long making the product took. */
  readonly seconds: number;
  /** SHA-256 of every file, by its path below the product's folder. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A product that has a file of this name is incomplete: a result in it is missing because of the machine (too slow at the time, a thread
 * that died). It serves the run that made it; the next one makes it again.
 */
export const INCOMPLETE = 'incomplete.json';

export const isComplete = ({ files }: Receipt): boolean => !Object.hasOwn(files, INCOMPLETE);

/** As it is kept. */
const schema = z.strictObject({
  key: z.string(),
  seconds: z.number().min(0),
  files: z.record(
    z
      .string()
      .refine((name) => posix.normalize(name) === name && !name.startsWith('/') && !/^\.\.(\/|$)/.test(name)),
    z.string().regex(/^[0-9a-f]{64}$/),
  ),
  checksum: z.string(),
});

/** A receipt as it is kept, with a checksum of its own: it is a file that may be damaged like the others. */
export function receiptText(receipt: Receipt): string {
  const content = JSON.stringify(receipt, null, 1);
  return JSON.stringify({ ...receipt, checksum: sha256Of(Buffer.from(content)) }, null, 1);
}

/** null for anything but a receipt of this key; its file names stay below the product's folder. */
export function parseReceipt(text: string, key: string): Receipt | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success || parsed.data.key !== key) return null;
  const { seconds, files } = parsed.data;
  const receipt: Receipt = { key, seconds, files };
  return text === receiptText(receipt) ? receipt : null;
}

/** The hexadecimal part of a content key; @throws Error for anything else, so that no key leaves its folder. */
export function digestOf(key: string): string {
  const digest = key.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error(`not a content key: ${key}`);
  return digest;
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

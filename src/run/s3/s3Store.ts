import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../cohort/inputError.js';
import { allSettled } from '../allSettled.js';
import { limited } from '../limited.js';
import type { Product, ProductStore } from '../productStore.js';
import { digestOf, isComplete, parseReceipt, receiptText, sha256Of, type Receipt } from '../receipt.js';
import { Store } from '../store.js';
import { BucketFault, BucketObjects } from './bucketObjects.js';
import { parseS3Location } from './s3Location.js';

const IDENTITY = 'store.json';
/** Files of a product sent or fetched at once. */
const AT_ONCE = 4;

/** A product of the bucket is not what its receipt says. */
class Damaged extends Error {
  constructor(readonly blob: string) {
    super(`the object ${blob} is damaged or missing`);
  }
}

const receiptName = (key: string): string => {
  const digest = digestOf(key);
  return `receipts/${digest.slice(0, 2)}/${digest}.json`;
};
const blobName = (hash: string): string => `blobs/${hash.slice(0, 2)}/${hash}`;

/**
 * Products in a bucket. Files lie under the hash of their content and are written before the receipt that names them, so a
 * product appears at once and two writers of one key never mix their files: the complete receipt that comes first counts. A folder of this machine
 * keeps what was read and made; it is checked like any store, and the bucket has the last word.
 */
export class S3Store implements ProductStore {
  private readonly objects: BucketObjects;
  private readonly cache: Store;

  /** @throws InputError for an address that is none */
  constructor(readonly location: string) {
    const parsed = parseS3Location(location);
    this.objects = new BucketObjects(parsed);
    this.cache = new Store(parsed.cache);
  }

  async requireReachable(): Promise<void> {
    try {
      await this.identity();
    } catch (error) {
      if (!(error instanceof BucketFault)) throw error;
      throw new InputError({
        place: '--store',
        expected: 'a bucket that can be read and written',
        found: error.message,
        remedy: 'Check the name, the endpoint and the credentials in the environment.',
      });
    }
  }

  async holds(key: string): Promise<boolean> {
    const content = await this.objects.get(receiptName(key));
    const receipt = content === null ? null : parseReceipt(Buffer.from(content).toString('utf8'), key);
    return receipt !== null && isComplete(receipt);
  }

  async find(key: string): Promise<Product | undefined> {
    const found = await this.receipt(key);
    if (found === undefined) return this.publishKept(key);
    const kept = await this.cache.whole(key);
    if (kept !== undefined && sameFiles(kept.receipt, found)) return productOf(kept.folder, found);
    if (kept !== undefined && isComplete(kept.receipt) && !isComplete(found)) return this.publishKept(key);
    try {
      return await this.cache.replace(key, found.seconds, (folder) => this.fetch(found, folder));
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      await this.objects.remove(receiptName(key));
      await this.objects.remove(error.blob);
      return undefined;
    }
  }

  async ensure(
    key: string,
    make: (folder: string) => Promise<void>,
    earlierSeconds?: () => number,
  ): Promise<Product & { readonly reused: boolean }> {
    const found = await this.find(key);
    if (found?.complete === true) return { ...found, reused: true };
    await this.cache.ensure(key, make, earlierSeconds);
    const published = await this.publishKept(key);
    if (published === undefined) throw new Error(`the product ${key} was damaged as soon as it was made`);
    return { ...published, reused: false };
  }

  async identity(): Promise<string> {
    const read = async (): Promise<string | undefined> => {
      const content = await this.objects.get(IDENTITY);
      return content === null
        ? undefined
        : (JSON.parse(Buffer.from(content).toString('utf8')) as { readonly id: string }).id;
    };
    const found = await read();
    if (found !== undefined) return found;
    const mine = { format: 'fedehr-store', version: 1, id: randomUUID() };
    await this.objects.putNew(IDENTITY, Buffer.from(JSON.stringify(mine)));
    return (await read())!;
  }

  async sweep(options: { readonly own: boolean }): Promise<void> {
    await this.cache.sweep(options);
  }

  /** Undefined where there is none; one that cannot be read is removed. */
  private async receipt(key: string): Promise<Receipt | undefined> {
    const content = await this.objects.get(receiptName(key));
    if (content === null) return undefined;
    const receipt = parseReceipt(Buffer.from(content).toString('utf8'), key);
    if (receipt !== null) return receipt;
    await this.objects.remove(receiptName(key));
    return undefined;
  }

  /** Sends what the cache has of a key; files first, the receipt last. */
  private async publishKept(key: string): Promise<Product | undefined> {
    const kept = await this.cache.whole(key);
    if (kept === undefined) return undefined;
    const { folder, receipt } = kept;
    const slot = limited(AT_ONCE);
    await allSettled(
      Object.entries(receipt.files).map(([name, hash]) =>
        slot(async () => this.objects.put(blobName(hash), await readFile(join(folder, name)))),
      ),
    );
    const text = Buffer.from(receiptText(receipt));
    if (await this.objects.putNew(receiptName(key), text)) return productOf(folder, receipt);
    const other = await this.receipt(key);
    // Somebody else was faster: its files count.
    if (other !== undefined && isComplete(other)) return this.find(key);
    await this.objects.put(receiptName(key), text);
    return productOf(folder, receipt);
  }

  private async fetch({ files }: Receipt, folder: string): Promise<void> {
    const slot = limited(AT_ONCE);
    await allSettled(
      Object.entries(files).map(([name, hash]) =>
        slot(async () => {
          let content = await this.objects.get(blobName(hash));
          // A fault on the way is no damage of the object.
          if (content !== null && sha256Of(content) !== hash)
            content = await this.objects.get(blobName(hash));
          if (content === null || sha256Of(content) !== hash) throw new Damaged(blobName(hash));
          await mkdir(dirname(join(folder, name)), { recursive: true });
          await writeFile(join(folder, name), content);
        }),
      ),
    );
  }
}

const productOf = (folder: string, receipt: Receipt): Product => ({
  folder,
  seconds: receipt.seconds,
  complete: isComplete(receipt),
});

function sameFiles(a: Receipt, b: Receipt): boolean {
  const names = Object.keys(a.files);
  return (
    names.length === Object.keys(b.files).length && names.every((name) => a.files[name] === b.files[name])
  );
}

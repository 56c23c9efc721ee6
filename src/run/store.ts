import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncToDisk } from '../cohort/atomicFile.js';
import { InputError } from '../cohort/inputError.js';
import { requireOutputFolder } from '../cohort/outputFolder.js';
import { filesBelow, isMissing, isThere } from './productFiles.js';
import type { Product, ProductStore } from './productStore.js';
import { isReadOnly, removeWhereWritable } from './readOnly.js';
import {
  digestOf,
  INCOMPLETE,
  isComplete,
  parseReceipt,
  receiptText,
  sha256Of,
  type Receipt,
} from './receipt.js';
import { sweepUnfinished, unfinishedName } from './unfinished.js';

const RECEIPT = 'receipt.json';
const IDENTITY = 'store.json';
/** Others may put incomplete products of the same key in place meanwhile. */
const MOST_MOVES = 5;

const notWritable = (root: string): InputError =>
  new InputError({
    file: root,
    expected: 'a store that has the product already, or one that can be written',
    found: 'neither: the product is not there, or damaged, and the folder may only be read',
    remedy: 'Make missing products in a store of your own: name a folder that you may write with --store.',
  });

const notIdentified = (root: string): InputError =>
  new InputError({
    file: root,
    expected: `a store with ${IDENTITY}, by which a queue tells stores from each other, or one that can be written`,
    found: 'neither',
    remedy: 'Use the store once from a machine that may write it, with --queue or `fedehr worker`.',
  });

/**
 * Products in a folder. A product is a folder that is moved into place at once; its receipt holds the checksum of every file. A folder
 * that may only be read gives its products; making one that it lacks is an error.
 */
export class Store implements ProductStore {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get location(): string {
    return this.root;
  }

  /** Where the product of a key (`sha256:…`) lives. */
  private folder(key: string): string {
    const digest = digestOf(key);
    return join(this.root, digest.slice(0, 2), digest);
  }

  async holds(key: string): Promise<boolean> {
    const has = (name: string): Promise<boolean> =>
      access(join(this.folder(key), name)).then(
        () => true,
        () => false,
      );
    return (await has(RECEIPT)) && !(await has(INCOMPLETE));
  }

  async requireReachable(): Promise<void> {
    const isThere = await stat(this.root).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) return;
    await requireOutputFolder(this.root, '--store');
    await mkdir(this.root, { recursive: true });
  }

  async find(key: string): Promise<Product | undefined> {
    const found = await this.whole(key);
    if (found === undefined) return undefined;
    const { folder, receipt } = found;
    return { folder, seconds: receipt.seconds, complete: isComplete(receipt) };
  }

  /** Whether the product of a key is whole and undamaged; removes nothing. */
  async isWhole(key: string): Promise<boolean> {
    return (await this.validReceipt(this.folder(key), key)) !== null;
  }

  /** A finished, undamaged product with its receipt, or undefined. A damaged one is removed. */
  async whole(key: string): Promise<{ readonly folder: string; readonly receipt: Receipt } | undefined> {
    const folder = this.folder(key);
    if (!(await isThere(folder))) return undefined;
    const receipt = await this.validReceipt(folder, key);
    if (receipt !== null) return { folder, receipt };
    // A store that may only be read keeps what is damaged; it is never believed.
    await removeWhereWritable(folder);
    return undefined;
  }

  /**
   * The receipt of a product that is whole and undamaged; null for any other.
   *
   * @throws the system's error where a file that is there cannot be read now: that says nothing about the product
   */
  private async validReceipt(folder: string, key: string): Promise<Receipt | null> {
    try {
      const receipt = parseReceipt(await readFile(join(folder, RECEIPT), 'utf8'), key);
      if (receipt === null) return null;
      const present = (await filesBelow(folder)).filter((name) => name !== RECEIPT);
      const expected = Object.keys(receipt.files).sort();
      if (present.join('\n') !== expected.join('\n')) return null;
      for (const name of expected)
        if (sha256Of(await readFile(join(folder, name))) !== receipt.files[name]) return null;
      return receipt;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async identity(): Promise<string> {
    const file = join(this.root, IDENTITY);
    const mine = join(this.root, unfinishedName());
    const known = async (): Promise<string | undefined> => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      return text === null ? undefined : (JSON.parse(text) as { readonly id: string }).id;
    };
    const found = await known();
    if (found !== undefined) return found;
    try {
      await mkdir(this.root, { recursive: true });
      await writeFile(mine, JSON.stringify({ format: 'fedehr-store', version: 1, id: randomUUID() }), {
        flush: true,
      });
      // Unlike a rename, a link never replaces what another process was faster to make.
      await link(mine, file).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
    } catch (error) {
      throw isReadOnly(error) ? notIdentified(this.root) : error;
    } finally {
      await removeWhereWritable(mine);
    }
    return (await known())!;
  }

  async sweep({ own }: { readonly own: boolean }): Promise<void> {
    await sweepUnfinished(this.root, own);
  }

  async ensure(
    key: string,
    make: (folder: string) => Promise<void>,
    earlierSeconds: () => number = () => 0,
  ): Promise<Product & { readonly reused: boolean }> {
    const found = await this.find(key);
    if (found?.complete === true) return { ...found, reused: true };
    return { ...(await this.place(key, (own) => earlierSeconds() + own, make)), reused: false };
  }

  /**
   * Puts a product that was made elsewhere in the place of what there is under its key.
   *
   * @param seconds that making it took there
   */
  async replace(key: string, seconds: number, make: (folder: string) => Promise<void>): Promise<Product> {
    return this.place(
      key,
      () => seconds,
      async (folder) => {
        await make(folder);
        await rm(this.folder(key), { recursive: true, force: true });
      },
    );
  }

  private async place(
    key: string,
    secondsOf: (own: number) => number,
    make: (folder: string) => Promise<void>,
  ): Promise<Product> {
    const begin = performance.now();
    const folder = this.folder(key);
    const unfinished = join(this.root, unfinishedName());
    try {
      await mkdir(dirname(folder), { recursive: true });
      // Asked now, not after hours of work.
      await access(dirname(folder), constants.W_OK);
      await mkdir(unfinished);
    } catch (error) {
      throw isReadOnly(error) ? notWritable(this.root) : error;
    }
    let receipt: Receipt;
    try {
      await make(unfinished);
      const files: Record<string, string> = {};
      for (const name of await filesBelow(unfinished)) {
        files[name] = sha256Of(await readFile(join(unfinished, name)));
        await syncToDisk(join(unfinished, name));
      }
      receipt = { key, seconds: secondsOf((performance.now() - begin) / 1000), files };
      await writeFile(join(unfinished, RECEIPT), receiptText(receipt), { flush: true });
      await this.moveIntoPlace(unfinished, key);
      await syncToDisk(dirname(folder));
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return { folder, seconds: receipt.seconds, complete: isComplete(receipt) };
  }

  /** The first complete product of a key stays; an incomplete one gives way to whatever was made later. */
  private async moveIntoPlace(made: string, key: string): Promise<void> {
    const folder = this.folder(key);
    for (let tries = 1; ; tries++) {
      try {
        await rename(made, folder);
        return;
      } catch (error) {
        const there = await this.find(key);
        if (there?.complete === true) return;
        if (tries === MOST_MOVES) throw error;
        if (there !== undefined) await this.clear(key);
      }
    }
  }

  /** Removes the incomplete product of a key, and puts it back where somebody completed it at this moment. */
  private async clear(key: string): Promise<void> {
    const folder = this.folder(key);
    const away = join(this.root, unfinishedName());
    try {
      await rename(folder, away);
      const receipt = await this.validReceipt(away, key);
      // Where that fails there is another one by now.
      if (receipt !== null && isComplete(receipt)) await rename(away, folder).catch(() => undefined);
    } catch (error) {
      if (!isMissing(error)) throw error;
    } finally {
      await rm(away, { recursive: true, force: true });
    }
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { InputError } from '../cohort/inputError.js';
import { requireOutputFolder } from '../cohort/outputFolder.js';
import { isRunning } from '../engine/runningProcess.js';
import type { Product, ProductStore } from './productStore.js';
import { isReadOnly, removeWhereWritable } from './readOnly.js';
import { digestOf, parseReceipt, receiptText, sha256Of, type Receipt } from './receipt.js';

const RECEIPT = 'receipt.json';
const IDENTITY = 'store.json';

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** This machine, without telling its name: process numbers mean nothing on another one that shares the store. */
const machineMark = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);

/** Whether an error says that there is no such file; a directory in its place is none. */
const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );

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

const UNFINISHED = /^unfinished-([0-9a-f]{12})-(\d+)-/;

/** A new name in a store's folder for what is half-made or on its way out; the next run removes it when this process is gone. */
export const unfinishedName = (): string => `unfinished-${machineMark}-${process.pid}-${randomUUID()}`;

export const isUnfinishedName = (name: string): boolean => UNFINISHED.test(name);

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
    return access(join(this.folder(key), RECEIPT)).then(
      () => true,
      () => false,
    );
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
    return found === undefined ? undefined : { folder: found.folder, seconds: found.receipt.seconds };
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
      const text = await readFile(file, 'utf8').catch(() => null);
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
    const names = await readdir(this.root).catch(() => []);
    for (const name of names) {
      const [, machine, writer] = UNFINISHED.exec(name) ?? [];
      if (writer === undefined || machine !== machineMark) continue;
      const pid = Number(writer);
      if (pid === process.pid ? own : !isRunning(pid)) await removeWhereWritable(join(this.root, name));
    }
  }

  async ensure(
    key: string,
    make: (folder: string) => Promise<void>,
    earlierSeconds: () => number = () => 0,
  ): Promise<Product & { readonly reused: boolean }> {
    const found = await this.find(key);
    if (found !== undefined) return { ...found, reused: true };
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
    let seconds: number;
    try {
      await make(unfinished);
      const files: Record<string, string> = {};
      for (const name of await filesBelow(unfinished)) {
        files[name] = sha256Of(await readFile(join(unfinished, name)));
        await syncToDisk(join(unfinished, name));
      }
      seconds = secondsOf((performance.now() - begin) / 1000);
      const receipt: Receipt = { key, seconds, files };
      await writeFile(join(unfinished, RECEIPT), receiptText(receipt), { flush: true });
      await rename(unfinished, folder).catch(async (error: unknown) => {
        if ((await this.find(key)) === undefined) throw error;
      });
      await syncToDisk(dirname(folder));
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return { folder, seconds };
  }
}

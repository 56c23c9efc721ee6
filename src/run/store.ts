import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';

const RECEIPT = 'receipt.json';

interface Receipt {
  readonly key: string;
  /** How long making the product took. */
  readonly seconds: number;
  readonly files: Readonly<Record<string, string>>;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's process, and alive
  }
}

/**
 * Products by content key: trained models, synthetic cohorts, scores. A product is a folder that appears whole or not
 * at all; its receipt holds the checksum of every file. A damaged product is removed and made again, never trusted.
 */
export class Store {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Where the product of a key (`sha256:…`) lives. */
  private folder(key: string): string {
    const digest = key.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error(`not a content key: ${key}`);
    return join(this.root, digest.slice(0, 2), digest);
  }

  /** Folder of a finished, undamaged product, or undefined. A damaged one is removed. */
  async find(key: string): Promise<string | undefined> {
    return (await this.finished(key))?.folder;
  }

  /** Whether there is a product of this key; its checksums are not looked at and nothing is removed. */
  async holds(key: string): Promise<boolean> {
    return access(join(this.folder(key), RECEIPT)).then(
      () => true,
      () => false,
    );
  }

  private async finished(key: string): Promise<{ folder: string; seconds: number } | undefined> {
    const folder = this.folder(key);
    try {
      await access(folder);
    } catch {
      return undefined;
    }
    const receipt = await this.validReceipt(folder, key);
    if (receipt !== null) return { folder, seconds: receipt.seconds };
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }

  private async validReceipt(folder: string, key: string): Promise<Receipt | null> {
    try {
      const receipt = JSON.parse(await readFile(join(folder, RECEIPT), 'utf8')) as Receipt;
      if (receipt.key !== key || !Number.isFinite(receipt.seconds)) return null;
      const present = (await filesBelow(folder)).filter((name) => name !== RECEIPT);
      const expected = Object.keys(receipt.files).sort();
      if (present.join('\n') !== expected.join('\n')) return null;
      for (const name of expected)
        if ((await sha256(join(folder, name))) !== receipt.files[name]) return null;
      return receipt;
    } catch {
      return null;
    }
  }

  /**
   * Removes what processes of this machine that no longer run left half-made.
   *
   * @param own also what this process left; only when none of its jobs runs
   */
  async sweep({ own }: { readonly own: boolean }): Promise<void> {
    const names = await readdir(this.root).catch(() => []);
    for (const name of names) {
      const [, machine, writer] = /^unfinished-([0-9a-f]+)-(\d+)-/.exec(name) ?? [];
      if (writer === undefined || machine !== machineMark) continue;
      const pid = Number(writer);
      if (pid === process.pid ? own : !isRunning(pid))
        await rm(join(this.root, name), { recursive: true, force: true });
    }
  }

  /**
   * Makes a product unless it is there. `make` writes its files into the folder that it is given; a crash or an
   * interrupt in the middle leaves nothing under the key. Two writers of one key are harmless: the first rename wins.
   *
   * @returns `seconds` that making it took, whoever made it
   */
  async ensure(
    key: string,
    make: (folder: string) => Promise<void>,
  ): Promise<{ folder: string; reused: boolean; seconds: number }> {
    const found = await this.finished(key);
    if (found !== undefined) return { ...found, reused: true };
    const begin = performance.now();
    const folder = this.folder(key);
    await mkdir(dirname(folder), { recursive: true });
    const unfinished = join(this.root, `unfinished-${machineMark}-${process.pid}-${randomUUID()}`);
    await mkdir(unfinished);
    let seconds: number;
    try {
      await make(unfinished);
      const files: Record<string, string> = {};
      for (const name of await filesBelow(unfinished)) {
        files[name] = await sha256(join(unfinished, name));
        await syncToDisk(join(unfinished, name));
      }
      seconds = (performance.now() - begin) / 1000;
      const receipt: Receipt = { key, seconds, files };
      await writeFile(join(unfinished, RECEIPT), JSON.stringify(receipt, null, 1), { flush: true });
      await rename(unfinished, folder).catch(async (error: unknown) => {
        if ((await this.find(key)) === undefined) throw error;
      });
      await syncToDisk(dirname(folder));
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return { folder, reused: false, seconds };
  }
}

import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { INCOMPLETE } from './receipt.js';
import { Store } from './store.js';
import { isUnfinishedName, unfinishedName } from './unfinished.js';

/** What lies in a store. `checkpoint`: what an unfinished job has done so far; `unfinished`: half-made, by a process that may still run. */
export type StoredKind = 'training' | 'bounds' | 'scores' | 'other' | 'checkpoint' | 'unfinished';

/** One folder of a store. */
export interface StoredEntry {
  /** Content key of the product; null where it is unfinished. */
  readonly key: string | null;
  readonly kind: StoredKind;
  readonly bytes: number;
  /** Milliseconds since the epoch of its youngest file. */
  readonly changed: number;
  readonly folder: string;
  /** Of a product: whether the next run takes it as it is. */
  readonly complete: boolean;
}

async function sizeOf(folder: string): Promise<{ bytes: number; changed: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let [bytes, changed] = [0, (await stat(folder)).mtimeMs];
  for (const entry of entries.filter((one) => one.isFile())) {
    // A job that ends meanwhile takes its files along.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => null);
    if (found === null) continue;
    bytes += found.size;
    changed = Math.max(changed, found.mtimeMs);
  }
  return { bytes, changed };
}

function kindOf(names: ReadonlySet<string>): StoredKind {
  if (names.has('model') || names.has('cohort')) return 'training';
  if (names.has('bounds.json')) return 'bounds';
  return names.has('scores.json') ? 'scores' : 'other';
}

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

async function entryOf(folder: string, name: string): Promise<StoredEntry[]> {
  const [, digest, suffix] = /^([0-9a-f]{64})(\.checkpoint)?$/.exec(name) ?? [];
  if (digest === undefined) return [];
  const names = new Set(await readdir(folder));
  const kind = suffix === undefined ? kindOf(names) : 'checkpoint';
  const complete = kind !== 'checkpoint' && !names.has(INCOMPLETE);
  return [{ key: `sha256:${digest}`, kind, ...(await sizeOf(folder)), folder, complete }];
}

/** What was found of an entry; nothing where a job that runs beside, or another collection, has moved it away meanwhile. */
async function unlessGone<T>(found: Promise<T>, gone: T): Promise<T> {
  return found.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return gone;
    throw error;
  });
}

/** Everything that a store put into its folder, by key; whatever else lies there is not looked at. */
export async function storedEntries(root: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for (const name of await foldersIn(root)) {
    const folder = join(root, name);
    if (isUnfinishedName(name))
      entries.push(
        ...(await unlessGone(
          sizeOf(folder).then((size) => [
            { key: null, kind: 'unfinished' as const, ...size, folder, complete: false },
          ]),
          [],
        )),
      );
    else if (/^[0-9a-f]{2}$/.test(name))
      for (const inner of await foldersIn(folder))
        entries.push(...(await unlessGone(entryOf(join(folder, inner), inner), [])));
  }
  return entries;
}

const isProduct = ({ kind }: StoredEntry): boolean => kind !== 'checkpoint' && kind !== 'unfinished';

/** What reading every file of every product found. */
export interface StoreCheck {
  readonly checked: number;
  readonly damaged: StoredEntry[];
  /** Products with a file that the system does not hand out now, with what it says: neither whole nor damaged. */
  readonly unreadable: { readonly entry: StoredEntry; readonly why: string }[];
}

/** Reads every file of every product of a store and removes nothing. A product that disappears meanwhile is not counted. */
export async function checkProducts(root: string): Promise<StoreCheck> {
  const store = new Store(root);
  const [damaged, unreadable]: [StoredEntry[], StoreCheck['unreadable']] = [[], []];
  let checked = 0;
  for (const entry of (await storedEntries(root)).filter(isProduct)) {
    try {
      const isWhole = await store.isWhole(entry.key!);
      if (!isWhole && !existsSync(entry.folder)) continue;
      if (!isWhole) damaged.push(entry);
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code;
      if (why === undefined) throw error;
      unreadable.push({ entry, why });
    }
    checked++;
  }
  return { checked, damaged, unreadable };
}

/** Content keys that the event files of run folders name. */
export async function referencedKeys(runs: readonly string[]): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const run of runs) {
    const text = await readFile(join(run, 'events.jsonl'), 'utf8').catch(() => '');
    for (const [key] of text.matchAll(/sha256:[0-9a-f]{64}/g)) keys.add(key);
  }
  return keys;
}

/** What may go; a product goes when one of them speaks against it. */
export interface CollectionRules {
  /** Products and checkpoints that were last changed before this time, milliseconds since the epoch. */
  readonly changedBefore?: number;
  /** Bytes that products may take: the oldest go until the others fit. */
  readonly maximumBytes?: number;
  /** All products of other keys. */
  readonly referenced?: ReadonlySet<string>;
}

/** Entries that go by the rules, and checkpoints of products that are finished; what is unfinished is the next run's to remove. */
export function collectable(entries: readonly StoredEntry[], rules: CollectionRules): StoredEntry[] {
  const products = entries.filter(isProduct);
  const finished = new Set(products.filter(({ complete }) => complete).map(({ key }) => key));
  const isOld = ({ changed }: StoredEntry): boolean => changed < (rules.changedBefore ?? -Infinity);
  const going = new Set<StoredEntry>(
    entries.filter(
      (entry) =>
        (entry.kind === 'checkpoint' && (finished.has(entry.key) || isOld(entry))) ||
        (isProduct(entry) && (isOld(entry) || rules.referenced?.has(entry.key!) === false)),
    ),
  );
  let bytes = products.reduce((sum, entry) => sum + (going.has(entry) ? 0 : entry.bytes), 0);
  for (const entry of [...products].sort((a, b) => a.changed - b.changed)) {
    if (bytes <= (rules.maximumBytes ?? Infinity)) break;
    if (going.has(entry)) continue;
    going.add(entry);
    bytes -= entry.bytes;
  }
  return entries.filter((entry) => going.has(entry));
}

/** Removes entries; each disappears at once, so that nobody finds half of one. */
export async function removeEntries(root: string, entries: readonly StoredEntry[]): Promise<void> {
  for (const { folder } of entries) {
    const away = join(root, unfinishedName());
    await unlessGone(rename(folder, away), undefined);
    await rm(away, { recursive: true, force: true });
  }
}

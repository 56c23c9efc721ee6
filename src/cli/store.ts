import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { isS3 } from '../run/s3/s3Location.js';
import {
  collectable,
  checkProducts,
  referencedKeys,
  removeEntries,
  storedEntries,
  type CollectionRules,
  type StoredEntry,
} from '../run/storeInventory.js';
import { EXIT } from './exitCodes.js';
import { outputOf, withOutput } from './output.js';

interface StoreFlags {
  readonly store: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface CollectFlags extends StoreFlags {
  readonly olderThan?: string;
  readonly maxSize?: string;
  readonly unreferenced?: string;
  readonly dryRun?: boolean;
}

const UNITS = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;
const DAY = 86_400_000;

function amount(option: string, text: string, units: Readonly<Record<string, number>>): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = units[unit ?? ''];
  if (number === undefined || factor === undefined)
    throw new InputError({
      place: option,
      expected: `a number with a unit: ${Object.keys(units).join(', ')}`,
      found: `"${text}"`,
      remedy: option === '--max-size' ? 'Write for example 20GB.' : 'Write for example 30d or 12h.',
    });
  return Number(number) * factor;
}

/** The store's folder, which must be there: a misspelt one is not an empty store. */
async function folderOf({ store }: StoreFlags): Promise<string> {
  if (isS3(store))
    throw new InputError({
      place: '--store',
      expected: 'a folder',
      found: 'a bucket',
      remedy:
        'Use the tools and lifecycle rules of the bucket’s provider; products are checked whenever they are read.',
    });
  const folder = resolve(store);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return folder;
  throw new InputError({
    file: store,
    expected: 'the folder of a store',
    found: 'none',
    remedy: 'Name it with --store; `fedehr run` keeps its store in .store beside the run folder.',
  });
}

const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const sum = (entries: readonly StoredEntry[]): number =>
  entries.reduce((total, { bytes }) => total + bytes, 0);
const shown = ({ key, kind, bytes, changed }: StoredEntry) => ({
  key,
  kind,
  bytes,
  changed: new Date(changed).toISOString(),
});
const line = (entry: StoredEntry): string =>
  `${entry.kind.padEnd(10)}  ${sizeText(entry.bytes).padStart(10)}  ${shown(entry).changed.slice(0, 16).replace('T', ' ')}  ${entry.key ?? entry.folder}`;

const command = (name: string, description: string): Command =>
  withOutput(new Command(name).description(description)).option(
    '--store <dir>',
    'folder of the store',
    'runs/.store',
  );

function listCommand(): Command {
  return command('ls', 'List products with kind, size and age.').action(async (flags: StoreFlags) => {
    const output = outputOf(flags);
    const entries = await storedEntries(await folderOf(flags));
    for (const entry of entries) output.say(line(entry));
    output.say(`${entries.length} entries, ${sizeText(sum(entries))}`);
    output.document(entries.map(shown));
  });
}

function verifyCommand(): Command {
  return command(
    'verify',
    'Read every file and name the products that are damaged or cannot be read; exit code 1 when there are some.',
  ).action(async (flags: StoreFlags) => {
    const output = outputOf(flags);
    const { checked, damaged, unreadable } = await checkProducts(await folderOf(flags));
    for (const entry of damaged) output.say(`damaged: ${line(entry)}`);
    for (const { entry, why } of unreadable) output.say(`cannot be read (${why}): ${line(entry)}`);
    output.say(
      `${checked} products checked, ${damaged.length} damaged${damaged.length === 0 ? '' : '; the next run that needs one makes it again'}${unreadable.length === 0 ? '' : `, ${unreadable.length} that cannot be read now: see to the disk first, since a run that needs one stops there`}`,
    );
    output.document({
      checked,
      damaged: damaged.map(shown),
      unreadable: unreadable.map(({ entry, why }) => ({ ...shown(entry), why })),
    });
    if (damaged.length + unreadable.length > 0) process.exitCode = EXIT.failed;
  });
}

async function rulesOf({ olderThan, maxSize, unreferenced }: CollectFlags): Promise<CollectionRules> {
  if (olderThan === undefined && maxSize === undefined && unreferenced === undefined)
    throw new InputError({
      expected: 'what may go: --older-than, --max-size or --unreferenced',
      found: 'none of them',
      remedy: 'Try for example `fedehr store gc --older-than 30d --dry-run`.',
    });
  const runs =
    unreferenced === undefined
      ? undefined
      : await readdir(unreferenced, { withFileTypes: true }).catch(() => {
          throw new InputError({
            place: '--unreferenced',
            expected: 'a folder of run folders',
            found: `"${unreferenced}", which cannot be read`,
            remedy: 'Name the folder that holds your run folders, e.g. runs.',
          });
        });
  return {
    ...(olderThan === undefined
      ? {}
      : { changedBefore: Date.now() - amount('--older-than', olderThan, { d: DAY, h: DAY / 24 }) }),
    ...(maxSize === undefined ? {} : { maximumBytes: amount('--max-size', maxSize, UNITS) }),
    ...(runs === undefined
      ? {}
      : { referenced: await referencedKeys(runs.map(({ name }) => join(unreferenced!, name))) }),
  };
}

function collectCommand(): Command {
  return command('gc', 'Remove products by age, size, or because no run names them.')
    .option('--older-than <age>', 'products and checkpoints last changed before, e.g. 30d or 12h')
    .option('--max-size <size>', 'the oldest products, until the others fit, e.g. 20GB')
    .option('--unreferenced <runs>', 'products that no run folder below this folder names')
    .option('--dry-run', 'list what would go, and stop')
    .action(async (flags: CollectFlags) => {
      const output = outputOf(flags);
      const rules = await rulesOf(flags);
      const folder = await folderOf(flags);
      const going = collectable(await storedEntries(folder), rules);
      if (flags.dryRun !== true) await removeEntries(folder, going);
      for (const entry of going) output.say(line(entry));
      output.say(
        `${going.length} entries, ${sizeText(sum(going))} ${flags.dryRun === true ? 'would go' : 'removed'}`,
      );
      output.document({ removed: flags.dryRun !== true, entries: going.map(shown) });
    });
}

/** `fedehr store`: looks after the folder that finished products are kept in. */
export function storeCommand(): Command {
  return new Command('store')
    .description('List, check and clean up the folder that finished products are kept in.')
    .addHelpText(
      'after',
      `
Examples:
  fedehr store ls --store runs/.store
  fedehr store verify --store runs/.store
  fedehr store gc --store runs/.store --older-than 30d --dry-run
  fedehr store gc --store runs/.store --unreferenced runs          not while a run uses the store`,
    )
    .addCommand(listCommand())
    .addCommand(verifyCommand())
    .addCommand(collectCommand());
}

import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRunning } from '../../engine/runningProcess.js';

/** Folders of one external program; only its user can enter them. */
export interface WorkFolder {
  readonly root: string;
  /** One cohort folder a hospital. */
  readonly train: string;
  /** Where it writes its cohort. */
  readonly out: string;
  /** Its home, working directory and place for temporary files. */
  readonly home: string;
}

const PREFIX = 'fedehr-external-';

/** Removes folders of processes of this user that were killed before they could do so: they hold training rows. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const folder = path.join(parent, name);
    const found = await lstat(folder).catch(() => null);
    if (found?.isDirectory() === true && found.uid === process.getuid?.()) await removeAll(folder);
  }
}

/** Removes a folder in which a program may have taken its own permissions away. */
async function removeAll(folder: string): Promise<void> {
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await remove().catch(async () => {
    await openUp(folder);
    await remove();
  });
}

async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openUp(path.join(folder, entry.name));
}

/** Runs `work` with fresh folders of mode 0700, and removes them whatever happens. */
export async function inWorkFolder<T>(work: (folder: WorkFolder) => Promise<T>): Promise<T> {
  const parent = tmpdir();
  await sweep(parent);
  const root = await mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`)); // mode 0700
  try {
    const folder = {
      root,
      train: path.join(root, 'train'),
      out: path.join(root, 'out'),
      home: path.join(root, 'home'),
    };
    for (const one of [folder.train, folder.out, folder.home]) await mkdir(one, { mode: 0o700 });
    return await work(folder);
  } finally {
    await removeAll(root);
  }
}

/** Bytes of all files below a folder, as they take room on the disk; links are not followed. */
export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const below = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(below);
    else {
      const found = await lstat(below).catch(() => null);
      // A sparse file is as large as it says to whoever reads it.
      bytes += found === null ? 0 : Math.max(found.size, 512 * found.blocks);
    }
  }
  return bytes;
}

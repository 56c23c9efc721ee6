import { mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { syncToDisk } from './atomicFile.js';
import { InputError } from './inputError.js';
import { outputPath, requireOutputFolder } from './outputFolder.js';

interface Replaceable {
  readonly target: string;
  /** What is in it; null for a new folder. */
  readonly present: readonly string[] | null;
}

/**
 * Makes sure that {@link replaceFolder} will find a new, an empty or a replaceable folder where it may write one, before any
 * work is done for it.
 *
 * @param option with which the user named it, e.g. `--out`
 * @throws InputError when the folder exists, is not empty and holds no `marker`, or cannot be made
 */
export async function requireReplaceable(
  folder: string,
  marker: string,
  option?: string,
): Promise<Replaceable> {
  const place = option === undefined ? {} : { place: option };
  // A link is followed: what it points to is replaced, not the link.
  const target = await realpath(folder).catch(() => outputPath(folder, option));
  const present = await readdir(target).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'EACCES' && code !== 'EPERM') return null;
    throw new InputError({
      file: folder,
      ...place,
      expected: 'a folder to write to',
      found: 'one that may not be read',
      remedy: 'Name another folder.',
    });
  });
  if (present !== null && present.length > 0 && !present.includes(marker))
    throw new InputError({
      file: folder,
      ...place,
      expected: `a new or empty folder, or one with ${marker} that may be replaced`,
      found: 'a folder with other files',
      remedy: 'Name another folder.',
    });
  await requireOutputFolder(present === null ? target : path.dirname(target), option);
  return { target, present };
}

/** The only copy of what a folder held is in the temporary folder. */
class NotMovedBack extends Error {
  override readonly name = 'NotMovedBack';
}

async function moveBack(replaced: string, filled: string, target: string, cause: unknown): Promise<void> {
  await rename(replaced, target).catch(() => {
    throw new NotMovedBack(
      `${target}: could neither be replaced nor moved back. What it held is in ${replaced}, what should replace it in ${filled}; move one of them to its place.`,
      { cause },
    );
  });
}

/**
 * Writes a folder in one move: `fill` writes into a temporary folder beside it, everything is flushed to the disk, and
 * only then does it take the folder's name. On an error the folder is as it was before; where even moving it back fails,
 * the error names the place that keeps it.
 *
 * @param marker a file that shows that an existing folder may be replaced
 * @throws InputError as {@link requireReplaceable}
 */
export async function replaceFolder<T>(
  folder: string,
  marker: string,
  fill: (temporary: string) => Promise<T>,
): Promise<T> {
  const { target, present } = await requireReplaceable(folder, marker);
  const parent = path.dirname(target);
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(path.join(parent, `.${path.basename(target)}-`));
  const remove = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  try {
    const filled = path.join(temporary, 'new');
    await mkdir(filled);
    const result = await fill(filled);
    for (const name of await readdir(filled)) await syncToDisk(path.join(filled, name));
    await syncToDisk(filled);
    const replaced = path.join(temporary, 'old');
    if (present !== null) await rename(target, replaced);
    try {
      await rename(filled, target);
    } catch (error) {
      if (present !== null) await moveBack(replaced, filled, target, error);
      throw error;
    }
    await syncToDisk(parent);
    await remove();
    return result;
  } catch (error) {
    if (!(error instanceof NotMovedBack)) await remove();
    throw error;
  }
}

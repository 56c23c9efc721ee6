import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from './inputError.js';

const follow = (): boolean => process.env['FEDEHR_FOLLOW_LINKS'] === '1';

/**
 * Checks that a file of a folder is a plain one inside that folder: a link that leads out of it could make any file of the user part of the
 * cohort, and reading a pipe or device never ends. `FEDEHR_FOLLOW_LINKS=1` lets links lead anywhere, to a plain file.
 *
 * @returns bytes, or null when there is no such file
 * @throws InputError when it is no plain file, or a link that leads out
 */
export async function ownFileBytes(folder: string, name: string): Promise<number | null> {
  const file = path.join(folder, name);
  const found = await lstat(file).catch(() => null);
  if (found === null) return null;
  const meant = found.isSymbolicLink() ? await stat(file).catch(() => null) : found;
  if (found.isSymbolicLink() && !follow()) {
    const inside = `${await realpath(folder)}${path.sep}`;
    const target = await realpath(file).catch(() => '');
    if (!target.startsWith(inside))
      throw new InputError({
        file,
        expected: 'a file of the folder itself',
        found: 'a symbolic link that leads out of it',
        remedy: 'Copy the file into the folder, or set FEDEHR_FOLLOW_LINKS=1 if you made the link.',
      });
  }
  if (meant?.isFile() !== true)
    throw new InputError({
      file,
      expected: 'a regular file',
      found: meant === null ? 'a link to nothing' : meant.isDirectory() ? 'a folder' : 'a pipe or device',
      remedy: 'Write the file again.',
    });
  return meant.size;
}

/**
 * The text of a file of a folder; null when there is none that can be read.
 *
 * @throws InputError when it is larger than `most` bytes, and as `ownFileBytes`
 */
export async function ownText(folder: string, name: string, most: number): Promise<string | null> {
  const bytes = await ownFileBytes(folder, name);
  if (bytes === null) return null;
  if (bytes > most) throw tooLarge(path.join(folder, name), bytes, most);
  return readFile(path.join(folder, name), 'utf8').catch(() => null);
}

/** A file that is larger than what is ever meant. */
export function tooLarge(file: string, bytes: number, most: number): InputError {
  return new InputError({
    file,
    expected: `at most ${most} bytes`,
    found: `${bytes}`,
    remedy: 'Check that this is the file that was meant.',
  });
}

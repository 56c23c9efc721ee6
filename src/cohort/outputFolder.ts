import { lstat, mkdtemp, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from './inputError.js';

/** What the system says of places where no folder can be made; any other error is none of the place. */
const REFUSALS: Readonly<Record<string, (place: string) => string>> = {
  EACCES: (place) => `no permission to write in ${place}`,
  EPERM: (place) => `no permission to write in ${place}`,
  EROFS: (place) => `a read-only file system at ${place}`,
  // As below /proc, where a recursive `mkdir` of Node never ends.
  ENOENT: (place) => `that no folder can be made in ${place}`,
  ENOTSUP: (place) => `that no folder can be made in ${place}`,
  ENAMETOOLONG: () => 'a name that is too long',
  ELOOP: () => 'a link that leads to itself',
};

function refusal(folder: string, option: string | undefined, found: string): InputError {
  return new InputError({
    file: folder,
    ...(option === undefined ? {} : { place: option }),
    expected: 'a folder that can be written',
    found,
    remedy: `Name another folder${option === undefined ? '' : ` with ${option}`}.`,
  });
}

/**
 * Absolute path of a folder that is to be written.
 *
 * @param option with which the user named it, e.g. `--out`
 * @throws InputError for an empty name, which would be the folder that the command was started in
 */
export function outputPath(folder: string, option?: string): string {
  if (folder === '') throw refusal("''", option, 'an empty name');
  return path.resolve(folder);
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** The folder itself when it is there, else the nearest one above it. */
async function nearestFolder(folder: string, refused: (found: string) => InputError): Promise<string> {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const found = await stat(place).catch((error: unknown) => {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw Object.hasOwn(REFUSALS, code) ? refused(REFUSALS[code]!(place)) : error;
    });
    if (found?.isDirectory() === true) return place;
    const asItself = place === path.resolve(folder) ? '' : ` (${place})`;
    if (found !== null) throw refused(`a file${asItself}`);
    const isLink = await lstat(place).then(
      // Another job may have made the folder since: then what is below it can be made, too.
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    if (isLink) throw refused(`a link to nothing${asItself}`);
    // A drive that does not exist has nothing above it.
    if (path.dirname(place) === place) throw refused('nothing of that name');
  }
}

/**
 * Makes sure that a folder can be written or made, before any work is done for it. Leaves nothing behind.
 *
 * @param option with which the user named it, e.g. `--out`
 * @throws InputError when it is a file, lies below one, or nothing can be made there
 */
export async function requireOutputFolder(folder: string, option?: string): Promise<void> {
  const refused = (found: string): InputError => refusal(folder, option, found);
  const place = await nearestFolder(outputPath(folder, option), refused);
  // Permissions alone do not tell: what is in /proc may be "written" by root.
  const probe = await mkdtemp(path.join(place, '.fedehr-')).catch((error: unknown) => {
    const code = codeOf(error);
    if (Object.hasOwn(REFUSALS, code)) throw refused(REFUSALS[code]!(place));
    // A full disk is told of by the work itself, which keeps what it can.
    return null;
  });
  if (probe !== null) await rmdir(probe);
}

import { accessSync, constants, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../cohort/inputError.js';

const CODES = new Set(['EACCES', 'EROFS', 'EPERM']);

/** The system's code for a folder that may not be made; Node calls every such fault of a recursive `mkdir` ENOENT. */
function codeBehind({ code, syscall, path }: NodeJS.ErrnoException): string | undefined {
  if (code !== 'ENOENT' || syscall !== 'mkdir' || path === undefined) return code;
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return code;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Whether an error says that a file or folder may not be written (or not be read) here. */
export const isReadOnly = (error: unknown): boolean =>
  error instanceof Error && CODES.has(codeBehind(error) ?? '');

/** Removes a file or folder; where it may only be read, it stays. */
export async function removeWhereWritable(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    if (!isReadOnly(error)) throw error;
  });
}

/** What the system refused, as a fault of what the user asked for; null for any other error. */
export function faultOfRefusal(error: unknown): InputError | null {
  if (!isReadOnly(error)) return null;
  const { path } = error as NodeJS.ErrnoException;
  if (path === undefined) return null;
  return new InputError({
    file: path,
    expected: 'a place that this command may write to and read from',
    found: codeBehind(error as Error) === 'EROFS' ? 'a read-only file system' : 'no permission',
    remedy: 'Name another folder, or change its permissions.',
  });
}

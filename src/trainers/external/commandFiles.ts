import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileHash } from '../../cohort/cohortTables.js';
import { InputError } from '../../cohort/inputError.js';
import type { ExternalParameters, ResolvedParameters } from './parameters.js';

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() === true;
}

/** The program that a bare name means: the first executable file of that name in `PATH`; null when there is none. */
export async function programOnPath(name: string, searched: string | undefined): Promise<string | null> {
  for (const folder of (searched ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable && (await isFile(file))) return file;
  }
  return null;
}

/**
 * Parameters with every file that the command names by absolute path, and the sha256 of each: a changed script is another generator.
 * The program itself is such a file when it is named by a path; one that is found in `PATH` (`python3`) is not.
 *
 * @param folder what relative names are relative to
 * @throws InputError for a program that is not there and a listed file that is not
 */
export async function withFiles(
  parameters: ExternalParameters,
  folder: string,
  place: string,
): Promise<ResolvedParameters> {
  const sha256: Record<string, string> = {};
  const fault = (key: string, expected: string, found: string): InputError =>
    new InputError({
      file: place,
      place: key,
      expected,
      found: `"${found}"`,
      remedy: 'Name files relative to the suite file, programs as the command line finds them.',
    });
  const scripts: number[] = [];
  const command: string[] = [];
  for (const [position, argument] of parameters.command.entries()) {
    const file = path.resolve(folder, argument);
    const bareProgram = position === 0 && !argument.includes('/');
    if (bareProgram) {
      if ((await programOnPath(argument, process.env['PATH'])) === null)
        throw fault('command[0]', 'a program that PATH finds', argument);
      command.push(argument);
    } else if (await isFile(file)) {
      sha256[file] = await fileHash(file);
      scripts.push(position);
      command.push(file);
    } else if (position === 0) throw fault('command[0]', 'a program that is there', argument);
    else command.push(argument);
  }
  for (const [position, name] of parameters.files.entries()) {
    const file = path.resolve(folder, name);
    if (!(await isFile(file))) throw fault(`files[${position}]`, 'a file that is there', name);
    sha256[file] = await fileHash(file);
  }
  return { ...parameters, command, scripts, sha256 };
}

/** The first file that is no longer what it was when the run was planned; null when all are. */
export async function changedFile({ sha256 }: Pick<ResolvedParameters, 'sha256'>): Promise<string | null> {
  for (const [file, expected] of Object.entries(sha256))
    if ((await fileHash(file).catch(() => '')) !== expected) return file;
  return null;
}

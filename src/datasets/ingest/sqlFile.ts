import { readFile } from 'node:fs/promises';

/** Statements of an SQL file beside an adapter. */
export async function sqlScript(folder: URL, name: string): Promise<string> {
  return readFile(new URL(name, folder), 'utf8');
}

/** The single SELECT of an SQL file, without its closing semicolon, to be put into brackets. */
export async function sqlQuery(folder: URL, name: string): Promise<string> {
  return `(\n${(await sqlScript(folder, name)).trim().replace(/;$/, '')}\n)`;
}

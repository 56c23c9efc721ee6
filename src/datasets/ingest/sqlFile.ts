import { readFile } from 'node:fs/promises';

/** Reads SQL files that lie beside a module. @param module the module's `import.meta.url` */
export function sqlBeside(module: string): (file: string) => Promise<string> {
  return (file) => readFile(new URL(file, module), 'utf8');
}

/** The single SELECT of an SQL file, without its closing semicolon, in brackets. */
export function bracketed(query: string): string {
  return `(\n${query.trim().replace(/;$/, '')}\n)`;
}

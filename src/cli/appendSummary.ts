import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Appends to a file that other steps of a job write to as well, as GitHub's job summary is. */
export async function appendSummary(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, text);
}

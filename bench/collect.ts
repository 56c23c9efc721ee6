import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults, RESULTS } from './results.js';
import { writeBenchReport } from './report.js';

/** Folder that a whole run writes its tables and figures to; set by `npm run bench:report`. */
const FOLDER = 'BENCH_REPORT';

/** Before all benchmarks: where results are collected. After them: the report, where one is wanted. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const folder = process.env[FOLDER];
  if (folder === undefined) return undefined;
  const scratch = await mkdtemp(join(tmpdir(), 'fedehr-bench-'));
  const file = join(scratch, 'results.jsonl');
  process.env[RESULTS] = file;
  const begin = performance.now();
  return async () => {
    try {
      const results = readResults(await readFile(file, 'utf8'));
      await writeBenchReport(results, folder, (performance.now() - begin) / 1000);
      process.stdout.write(`Report: ${join(folder, 'README.md')}\n`);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  };
}

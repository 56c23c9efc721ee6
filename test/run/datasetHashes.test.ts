import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productVersions } from '../../src/run/manifest.js';
import { keyOf } from '../../src/run/plan.js';
import { planSuite } from '../../src/run/planSuite.js';
import { parseSuite } from '../../src/suite/readSuite.js';

const fixtures = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-hashes-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Hashes and content key of the bounds of the copied cohort folder. */
async function planned(): Promise<{ sha256: Readonly<Record<string, string>>; key: string }> {
  const suite = parseSuite(
    'name: x\ndatasets: [{ path: cohort }]\nreferences: [copy]\nmetrics: [marginal.ks]\n',
    's.yaml',
  );
  const { bounds } = await planSuite(suite, { file: join(root, 's.yaml'), engine: 'onnx' });
  return { sha256: bounds[0]!.dataset.sha256, key: keyOf(bounds[0]!, productVersions()) };
}

it('the content key of a cohort folder covers its events: changed ones are another cohort', async () => {
  await cp(join(fixtures, 'valid-events'), join(root, 'cohort'), { recursive: true });
  const before = await planned();
  expect(Object.keys(before.sha256).sort()).toEqual([
    'cohort.json',
    'dynamic.csv',
    'events.parquet',
    'static.csv',
  ]);
  const file = join(root, 'cohort', 'events.parquet');
  await writeFile(file, Buffer.concat([await readFile(file), Buffer.from('x')]));
  expect((await planned()).key).not.toBe(before.key);
});

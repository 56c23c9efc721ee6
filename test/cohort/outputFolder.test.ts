import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireRunFolder } from '../../src/cli/runOutput.js';
import { InputError } from '../../src/cohort/inputError.js';
import { requireOutputFolder } from '../../src/cohort/outputFolder.js';
import { requireReplaceable } from '../../src/cohort/replaceFolder.js';
import { Store } from '../../src/run/store.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'fedehr-output-'));
  await writeFile(path.join(root, 'file'), '');
  await symlink(path.join(root, 'nowhere'), path.join(root, 'link'));
  await mkdir(path.join(root, 'cohort'));
  await writeFile(path.join(root, 'cohort', 'cohort.json'), '{}');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const faultOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
};

describe('an output folder is looked at before any work', () => {
  it.each([
    ['file', /file, --out: expected a folder that can be written, found a file\. Name another.*--out/],
    ['file/below/it', /found a file \(.*file\)/],
    ['link', /found a link to nothing/],
    ['x'.repeat(300), /found a name that is too long/],
  ])('%s is refused', async (name, pattern) => {
    const place = path.join(root, name);
    expect(await faultOf(requireOutputFolder(place, '--out'))).toMatch(pattern);
    expect(await faultOf(requireReplaceable(place, 'model.json', '--out'))).toMatch(pattern);
    expect(await faultOf(new Store(place).requireReachable())).toMatch(
      /--store: expected a folder that can be/,
    );
  });

  it('is fine when another job makes it at the same moment', async () => {
    for (let round = 0; round < 300; round++) {
      const shared = path.join(root, `shared-${round}`);
      await Promise.all([
        ...['a', 'b', 'c'].map((job) => requireOutputFolder(path.join(shared, job))),
        mkdir(shared),
        ...['d', 'e', 'f'].map((job) => requireOutputFolder(path.join(shared, job))),
      ]);
    }
  });

  it.runIf(process.platform === 'linux').each(['/proc/foo', '/proc/foo/bar', '/proc'])(
    '%s is refused at once, where a recursive mkdir would never end',
    async (place) => {
      const pattern = /--out: expected a folder that can be written, found (that no folder|no permission)/;
      expect(await faultOf(requireOutputFolder(place, '--out'))).toMatch(pattern);
    },
  );

  it.runIf(process.getuid?.() !== 0)('one without permission is refused', async () => {
    const closed = path.join(root, 'closed');
    await mkdir(closed, { mode: 0o500 });
    expect(await faultOf(requireOutputFolder(path.join(closed, 'a', 'b'), '--out'))).toMatch(
      /found no permission to write in .*closed\./,
    );
    await chmod(closed, 0o700);
  });

  it('a new one, however deep, and one that is there pass, and nothing is left behind', async () => {
    const before = await readdir(root, { recursive: true });
    await requireOutputFolder(root, '--out');
    await requireOutputFolder(path.join(root, 'a', 'b', 'c'), '--out');
    await requireReplaceable(path.join(root, 'a', 'b', 'c'), 'model.json', '--out');
    await requireReplaceable(path.join(root, 'cohort'), 'cohort.json', '--out');
    expect(await readdir(root, { recursive: true })).toEqual(before);
  });

  it('a cohort folder takes no run', async () => {
    expect(await faultOf(requireRunFolder(path.join(root, 'cohort')))).toMatch(
      /cohort, --out: expected a folder for scores and reports, found a cohort folder/,
    );
    await requireRunFolder(path.join(root, 'runs', 'mine'));
  });

  it('a cohort folder is not replaced by a model', async () => {
    expect(await faultOf(requireReplaceable(path.join(root, 'cohort'), 'model.json', '--out'))).toMatch(
      /--out: expected a new or empty folder, or one with model\.json/,
    );
  });
});

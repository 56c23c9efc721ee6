import * as fs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Store } from '../../src/run/store.js';
import { contentKey } from '../../src/suite/contentKey.js';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, readFile: vi.fn(real.readFile), access: vi.fn(real.access) };
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-store-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const key = contentKey({ product: 'test' });
const write =
  (text: string) =>
  async (folder: string): Promise<void> => {
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'inner', 'data.txt'), text);
  };

describe('Store', () => {
  it('makes a product once and reuses it', async () => {
    const store = new Store(root);
    expect(await store.find(key)).toBeUndefined();
    const made = await store.ensure(key, write('one'));
    expect(made.reused).toBe(false);
    const again = await store.ensure(key, write('two'));
    expect(again.reused).toBe(true);
    expect(again.seconds).toBe(made.seconds);
    expect(await readFile(join(again.folder, 'inner', 'data.txt'), 'utf8')).toBe('one');
  });

  it('leaves nothing behind when making fails', async () => {
    const store = new Store(root);
    await expect(
      store.ensure(key, async (folder) => {
        await writeFile(join(folder, 'half.txt'), 'half');
        throw new Error('interrupted');
      }),
    ).rejects.toThrow('interrupted');
    expect(await store.find(key)).toBeUndefined();
    expect((await readdir(root)).filter((name) => name.startsWith('unfinished'))).toEqual([]);
  });

  it.each([
    ['a changed byte', (folder: string) => writeFile(join(folder, 'inner', 'data.txt'), 'onf')],
    ['a missing file', (folder: string) => rm(join(folder, 'inner', 'data.txt'))],
    ['an extra file', (folder: string) => writeFile(join(folder, 'extra.txt'), '')],
    ['a damaged receipt', (folder: string) => writeFile(join(folder, 'receipt.json'), '{')],
  ])('makes a product again after %s', async (_, damage) => {
    const store = new Store(root);
    const { folder } = await store.ensure(key, write('one'));
    await damage(folder);
    const again = await store.ensure(key, write('one'));
    expect(again.reused).toBe(false);
    expect(await readFile(join(again.folder, 'inner', 'data.txt'), 'utf8')).toBe('one');
  });

  it.each([
    ['readFile', 'EIO'],
    ['readFile', 'EMFILE'],
    ['access', 'ESTALE'],
  ] as const)('removes and remakes nothing when %s fails with %s', async (call, code) => {
    const store = new Store(root);
    const { folder } = await store.ensure(key, write('one'));
    const fault = Object.assign(new Error(`${code}: not now`), { code });
    vi.mocked(fs[call]).mockRejectedValueOnce(fault);
    await expect(store.ensure(key, write('two'))).rejects.toThrow(`${code}: not now`);
    expect(await readFile(join(folder, 'inner', 'data.txt'), 'utf8')).toBe('one');
    expect((await store.ensure(key, write('two'))).reused).toBe(true);
  });

  it('survives two writers of one key', async () => {
    const store = new Store(root);
    const made = await Promise.all([
      store.ensure(key, write('same')),
      new Store(root).ensure(key, write('same')),
    ]);
    expect(new Set(made.map(({ folder }) => folder)).size).toBe(1);
    expect((await store.find(key))?.folder).toBe(made[0].folder);
  });

  it('sweeps what a dead process of this machine left half-made and nothing else, and refuses keys that are no digests', async () => {
    const store = new Store(root);
    let own = '';
    await store
      .ensure(key, async (folder) => {
        own = folder;
        await store.sweep({ own: false });
        expect(await readdir(folder)).toEqual([]);
        throw new Error('stop here');
      })
      .catch(() => undefined);
    const mark = /unfinished-([0-9a-f]+)-/.exec(own)?.[1] ?? '';
    await mkdir(join(root, `unfinished-${mark}-999999999-abc`));
    await mkdir(join(root, `unfinished-${mark}-${process.pid}-abc`));
    await mkdir(join(root, 'unfinished-00ff-1-abc'));
    await store.sweep({ own: true });
    expect((await readdir(root)).filter((name) => name.startsWith('unfinished'))).toEqual([
      'unfinished-00ff-1-abc',
    ]);
    await expect(store.find('sha256:../../etc')).rejects.toThrow('not a content key');
  });
});

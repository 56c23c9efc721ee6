import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseReceipt, receiptText } from '../../src/run/receipt.js';
import { Store } from '../../src/run/store.js';
import {
  checkProducts,
  collectable,
  referencedKeys,
  removeEntries,
  storedEntries,
} from '../../src/run/storeInventory.js';
import { unfinishedName } from '../../src/run/unfinished.js';
import { contentKey } from '../../src/suite/contentKey.js';
import { fedehr } from '../cli/fedehr.js';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, stat: vi.fn(real.stat), readFile: vi.fn(real.readFile) };
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-inventory-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const keyOf = (name: string): string => contentKey({ product: name });
const DAY = 86_400_000;

/** Three products of 1,000 bytes each, one, two and three days old. */
async function filled(): Promise<void> {
  const store = new Store(root);
  for (const [at, name] of ['model', 'bounds.json', 'scores.json'].entries()) {
    const { folder } = await store.ensure(keyOf(name), async (target) => {
      if (name === 'model') await mkdir(join(target, 'model'));
      await writeFile(
        join(target, name === 'model' ? join('model', 'weights.bin') : name),
        Buffer.alloc(1000),
      );
    });
    const then = new Date(Date.now() - (at + 1) * DAY);
    for (const entry of await readdir(folder, { recursive: true }))
      await utimes(join(folder, entry), then, then);
    await utimes(folder, then, then);
  }
}

describe('storedEntries', () => {
  it('tells kind, size and age of everything the store put there, and looks at nothing else', async () => {
    await filled();
    await mkdir(join(root, 'logs'));
    await mkdir(join(root, 'ab', 'notes'), { recursive: true });
    const checkpoint = `${keyOf('other').slice(7)}.checkpoint`;
    await mkdir(join(root, checkpoint.slice(0, 2), checkpoint), { recursive: true });
    const entries = await storedEntries(root);
    expect(entries.map(({ kind }) => kind).sort()).toEqual(['bounds', 'checkpoint', 'scores', 'training']);
    for (const { kind, bytes, changed } of entries.filter((entry) => entry.kind !== 'checkpoint')) {
      expect(bytes).toBeGreaterThan(1000);
      const days = { training: 1, bounds: 2, scores: 3 }[kind as 'training' | 'bounds' | 'scores'];
      expect((Date.now() - changed) / DAY).toBeCloseTo(days, 1);
    }
  });
});

describe('collectable', () => {
  const kinds = async (rules: Parameters<typeof collectable>[1]) =>
    collectable(await storedEntries(root), rules)
      .map(({ kind }) => kind)
      .sort();

  it('goes by age, by size from the oldest on, and by what runs name', async () => {
    await filled();
    expect(await kinds({ changedBefore: Date.now() - 1.5 * DAY })).toEqual(['bounds', 'scores']);
    expect(await kinds({ maximumBytes: 3000 })).toEqual(['scores']);
    expect(await kinds({ maximumBytes: 0 })).toEqual(['bounds', 'scores', 'training']);
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run', 'events.jsonl'), `{"kind":"job-finished","key":"${keyOf('model')}"}\n`);
    const referenced = await referencedKeys([join(root, 'run'), join(root, 'no-run')]);
    expect(await kinds({ referenced })).toEqual(['bounds', 'scores']);
    expect(await kinds({})).toEqual([]);
  });

  it('takes the checkpoint of a finished product, keeps that of an unfinished one, and removes whole', async () => {
    await filled();
    for (const name of ['model', 'unfinished']) {
      const digest = keyOf(name).slice(7);
      await mkdir(join(root, digest.slice(0, 2), `${digest}.checkpoint`), { recursive: true });
    }
    const going = collectable(await storedEntries(root), {});
    expect(going.map(({ key, kind }) => [key, kind])).toEqual([[keyOf('model'), 'checkpoint']]);
    await removeEntries(root, going);
    const left = await storedEntries(root);
    expect(left.filter(({ kind }) => kind === 'checkpoint').map(({ key }) => key)).toEqual([
      keyOf('unfinished'),
    ]);
    expect(await new Store(root).find(keyOf('model'))).toBeDefined();
  });
});

describe('a store beside which a job runs', () => {
  it('has entries that go between two looks: they are neither damaged nor an error', async () => {
    await filled();
    const [going, staying] = [unfinishedName(), unfinishedName()];
    for (const name of [going, staying]) await mkdir(join(root, name));
    const gone = (path: string): boolean =>
      path === join(root, going) || path.includes(keyOf('model').slice(7));
    const { stat, readdir: list } = await vi.importActual<typeof fs>('node:fs/promises');
    // The job ends right after the folders were listed.
    vi.mocked(fs.stat).mockImplementation(async (path) => {
      if (gone(path as string)) await rm(path, { recursive: true, force: true });
      return stat(path);
    });
    try {
      const entries = await storedEntries(root);
      expect(entries.map(({ folder }) => folder)).toContain(join(root, staying));
      expect(entries.map(({ kind }) => kind).sort()).toEqual(['bounds', 'scores', 'unfinished']);
    } finally {
      vi.mocked(fs.stat).mockImplementation(stat);
    }
    expect(await list(root)).not.toContain(going);

    await filled();
    const listed = await storedEntries(root);
    const first = listed.find(({ kind }) => kind === 'training')!;
    await rm(first.folder, { recursive: true });
    await removeEntries(root, listed);
    expect(await storedEntries(root)).toEqual([]);

    await filled();
    vi.mocked(fs.readFile).mockImplementationOnce(async (path) => {
      await rm(dirname(path as string), { recursive: true });
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    });
    expect(await checkProducts(root)).toEqual({ checked: 2, damaged: [], unreadable: [] });
  });
});

describe('a damaged store', () => {
  it('is found out for every byte of a receipt, and names the product', async () => {
    await filled();
    const store = new Store(root);
    const { folder } = (await store.find(keyOf('scores.json')))!;
    const receipt = join(folder, 'receipt.json');
    const whole = await readFile(receipt);
    const key = keyOf('scores.json');
    for (let at = 0; at < whole.length; at++)
      for (const flip of [1, 4, 0x20, 0x80]) {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= flip;
        expect(parseReceipt(damaged.toString('utf8'), key)).toBeNull();
      }
    await writeFile(join(folder, 'scores.json'), Buffer.alloc(1000, 1));
    const { checked, damaged } = await checkProducts(root);
    expect(checked).toBe(3);
    expect(damaged.map((entry) => entry.key)).toEqual([key]);
  });

  it('is told from one that cannot be read now, and the rest is read all the same', async () => {
    await filled();
    const key = keyOf('scores.json');
    const receipt = join((await new Store(root).find(key))!.folder, 'receipt.json');
    await rm(receipt);
    await symlink(receipt, receipt);
    const { checked, damaged, unreadable } = await checkProducts(root);
    expect({ checked, damaged }).toEqual({ checked: 3, damaged: [] });
    expect(unreadable.map(({ entry, why }) => [entry.key, why])).toEqual([[key, 'ELOOP']]);
  });

  it('is found out where a receipt has no checksum of its own', () => {
    const receipt = { key: keyOf('bare'), seconds: 1.5, files: { 'a.txt': 'ab'.repeat(32) } };
    expect(parseReceipt(JSON.stringify(receipt, null, 1), receipt.key)).toBeNull();
    expect(parseReceipt(receiptText(receipt), receipt.key)).toEqual(receipt);
  });
});

const writer = (url: string, place: string, keys: readonly string[]): string => `
  import { writeFile } from 'node:fs/promises';
  import { join } from 'node:path';
  const { Store } = await import(${JSON.stringify(url)});
  const store = new Store(${JSON.stringify(place)});
  let made = 0;
  for (const key of ${JSON.stringify(keys)}) {
    const { reused } = await store.ensure(key, async (folder) => {
      for (const name of ['a', 'b']) await writeFile(join(folder, name), key.repeat(2000));
    });
    if (!reused) made++;
  }
  process.stdout.write(String(made));
`;

describe('several processes that write one store', () => {
  it('leave every product whole, whoever was first', async () => {
    const keys = Array.from({ length: 30 }, (_, at) => keyOf(`shared ${at}`));
    const url = new URL('../../dist/run/store.js', import.meta.url).href;
    const outputs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', writer(url, root, keys)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
        const [code] = (await once(child, 'close')) as [number];
        expect(code).toBe(0);
        return Number(text);
      }),
    );
    expect(outputs.reduce((sum, made) => sum + made, 0)).toBeGreaterThanOrEqual(keys.length);
    expect(await checkProducts(root)).toMatchObject({ checked: keys.length, damaged: [] });
    expect((await readdir(root)).filter((name) => name.startsWith('unfinished'))).toEqual([]);
  }, 600_000);
});

describe('fedehr store', () => {
  it('lists, verifies with exit code 1, and removes only without --dry-run', async () => {
    await filled();
    const listed = await fedehr('store', 'ls', '--store', root, '--json');
    expect(JSON.parse(listed.stdout)).toHaveLength(3);
    expect((await fedehr('store', 'verify', '--store', root)).code).toBe(0);
    const dry = await fedehr('store', 'gc', '--store', root, '--older-than', '36h', '--dry-run');
    expect(dry.stdout).toContain('2 entries');
    expect(await storedEntries(root)).toHaveLength(3);
    expect((await fedehr('store', 'gc', '--store', root, '--older-than', '36h')).code).toBe(0);
    expect(await storedEntries(root)).toHaveLength(1);
    const { folder } = (await new Store(root).find(keyOf('model')))!;
    await writeFile(join(folder, 'model', 'weights.bin'), Buffer.alloc(999));
    const verified = await fedehr('store', 'verify', '--store', root);
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain(`damaged: training`);
    expect(verified.stdout).toContain(keyOf('model'));
  }, 600_000);

  it.each([
    [['gc', '--store', '.'], 'what may go'],
    [['gc', '--store', '.', '--older-than', '30'], 'a number with a unit'],
    [['ls', '--store', 'no-such-folder'], 'the folder of a store'],
    [['verify', '--store', 's3://bucket'], 'a folder'],
  ])(
    'refuses %j',
    async (args, expected) => {
      const { code, stderr } = await fedehr('store', ...args);
      expect(code).toBe(2);
      expect(stderr).toContain(`expected ${expected}`);
    },
    60_000,
  );
});

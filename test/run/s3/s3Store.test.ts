import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INCOMPLETE, receiptText } from '../../../src/run/receipt.js';
import { S3Store } from '../../../src/run/s3/s3Store.js';
import { contentKey } from '../../../src/suite/contentKey.js';
import { S3Server, type Fault } from './s3Server.js';

let root: string;
let server: S3Server;
let machines = 0;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-s3-'));
  server = await S3Server.start();
  process.env['AWS_ACCESS_KEY_ID'] = 'any';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'any-secret';
});
afterEach(async () => {
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

/** The same bucket from another machine: with a cache of its own. */
const machine = (timeout = 1): S3Store =>
  new S3Store(
    `s3://bucket/some/prefix?endpoint=${encodeURIComponent(server.endpoint)}&timeout=${timeout}&cache=${encodeURIComponent(join(root, `cache-${machines++}`))}`,
  );

const key = contentKey({ product: 'test' });
const write =
  (text: string) =>
  async (folder: string): Promise<void> => {
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'inner', 'data.txt'), text);
    await writeFile(join(folder, 'empty'), '');
  };
const read = (folder: string): Promise<string> => readFile(join(folder, 'inner', 'data.txt'), 'utf8');
const named = (part: string): [string, Buffer] => [...server.objects].find(([name]) => name.includes(part))!;
const blobOf = (text: string): string =>
  [...server.objects].find(([, content]) => content.toString() === text)![0];

describe('a store in a bucket', () => {
  it('shows a product that one machine made to another, with the time that making it took', async () => {
    expect(await machine().find(key)).toBeUndefined();
    const made = await machine().ensure(key, write('one'));
    expect(made.reused).toBe(false);
    const other = machine();
    expect(await other.holds(key)).toBe(true);
    const again = await other.ensure(key, () => Promise.reject(new Error('made twice')));
    expect(again).toMatchObject({ reused: true, seconds: made.seconds });
    expect(await read(again.folder)).toBe('one');
    const before = server.requests.length;
    await other.find(key);
    expect(server.requests.slice(before).map((request) => request.split(' ')[0])).toEqual(['GET']);
  });

  it('writes the receipt last, and leaves nothing under the key when making or sending fails', async () => {
    const store = machine();
    await expect(store.ensure(key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([...server.objects.keys()]).toEqual([]);
    server.faults.push({ method: 'PUT', name: 'blobs/', kind: 'status-500', times: 1000 });
    await expect(store.ensure(key, write('one'))).rejects.toThrow(
      /s3:\/\/bucket\/some\/prefix\/: writing blobs/,
    );
    expect(await store.holds(key)).toBe(false);
    server.faults.length = 0;
    expect(await read((await store.find(key))!.folder)).toBe('one');
    const puts = server.requests.filter((request) => request.startsWith('PUT'));
    expect(puts.at(-1)).toContain('receipts/');
  }, 120_000);

  it.each([
    ['a changed byte', () => server.objects.set(blobOf('one'), Buffer.from('onf'))],
    ['a missing file', () => server.objects.delete(blobOf('one'))],
    ['a damaged receipt', () => server.objects.set(named('receipts/')[0], Buffer.from('{'))],
    [
      'a receipt of another key',
      () =>
        server.objects.set(
          named('receipts/')[0],
          Buffer.from(receiptText({ key: contentKey({ product: 'other' }), seconds: 1, files: {} })),
        ),
    ],
    [
      'a receipt whose file leaves the folder',
      () =>
        server.objects.set(
          named('receipts/')[0],
          Buffer.from(receiptText({ key, seconds: 1, files: { '../evil': '0'.repeat(64) } })),
        ),
    ],
  ])('makes a product again after %s', async (_, damage) => {
    await machine().ensure(key, write('one'));
    damage();
    const again = await machine().ensure(key, write('one'));
    expect(again.reused).toBe(false);
    expect(await read(again.folder)).toBe('one');
    expect(await read((await machine().find(key))!.folder)).toBe('one');
  });

  it('keeps what its cache has when that cannot be read now', async () => {
    const store = machine();
    const { folder } = await store.ensure(key, write('one'));
    const receipt = join(folder, 'receipt.json');
    await rm(receipt);
    await symlink(receipt, receipt);
    await expect(store.find(key)).rejects.toThrow('ELOOP');
    expect(await read(folder)).toBe('one');
  });

  it.each<Fault>([
    { method: 'GET', name: '', kind: 'status-500', times: 3 },
    { method: 'GET', name: 'blobs/', kind: 'broken-off', times: 2 },
    { method: 'GET', name: '', kind: 'slow', times: 2 },
    { method: 'PUT', name: '', kind: 'status-500', times: 3 },
    { method: 'PUT', name: '', kind: 'slow', times: 2 },
    { method: 'PUT', name: 'receipts/', kind: 'no-conditions', times: 1 },
  ])(
    'goes on through $kind of $method',
    async (fault) => {
      server.faults.push(fault);
      await machine().ensure(key, write('one'));
      expect(await read((await machine().find(key))!.folder)).toBe('one');
      expect(fault.times).toBe(0);
    },
    60_000,
  );

  it('keeps the files of one of two writers whose bytes differ, for both and for others', async () => {
    const [a, b] = [machine(), machine()];
    const made = await Promise.all([a.ensure(key, write('from a')), b.ensure(key, write('from b'))]);
    const texts = await Promise.all(made.map(({ folder }) => read(folder)));
    expect(new Set(texts).size).toBe(1);
    expect(await read((await machine().find(key))!.folder)).toBe(texts[0]);
  });

  it('lets an incomplete product give way to a complete one, wherever it is made', async () => {
    const lacking = async (folder: string): Promise<void> => {
      await write('lacking')(folder);
      await writeFile(join(folder, INCOMPLETE), '{}');
    };
    const [a, b] = [machine(), machine()];
    expect(await a.ensure(key, lacking)).toMatchObject({ complete: false, reused: false });
    expect(await b.holds(key)).toBe(false);
    expect(await b.find(key)).toMatchObject({ complete: false });
    expect(await b.ensure(key, write('whole'))).toMatchObject({ complete: true, reused: false });
    const seen = await a.ensure(key, () => Promise.reject(new Error('made again')));
    expect(seen).toMatchObject({ complete: true, reused: true });
    expect(await read(seen.folder)).toBe('whole');
  });

  it('has one identity, whoever asks first', async () => {
    const ids = await Promise.all([machine(), machine(), machine()].map((store) => store.identity()));
    expect(new Set(ids).size).toBe(1);
  });

  it('says what is wrong with an address, a bucket or a key, and never a secret', async () => {
    expect(() => new S3Store('s3://me:secret@bucket/a')).toThrow(/credentials in the address/);
    expect(() => new S3Store('s3://bucket/../a/%2e%2e/b')).not.toThrow();
    expect(() => new S3Store('s3://bucket/a b')).toThrow(/prefix/);
    expect(() => new S3Store('s3://bucket?region=a&colour=b')).toThrow(/colour/);
    await expect(machine().find('sha256:../../etc')).rejects.toThrow('not a content key');
    server.faults.push({ method: 'GET', name: '', kind: 'status-500', times: 1000 });
    await expect(machine().requireReachable()).rejects.toThrow(/a bucket that can be read/);
    await expect(machine().requireReachable()).rejects.not.toThrow('any-secret');
  }, 60_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/killTest.mjs', import.meta.url));
/** A small tmpfs takes the rights of the machine's administrator. */
const isRoot = process.getuid?.() === 0;

describe('scripts/killTest.mjs', () => {
  it('one kill -9, one full disk and one damaged byte end with the scores of an undisturbed run', async () => {
    const cases = ['kill', ...(isRoot ? ['disk'] : []), 'byte'];
    const counts = ['kill', 'disk', 'byte'].flatMap((one) => [`--${one}`, cases.includes(one) ? '1' : '0']);
    const child = spawn(process.execPath, [script, ...counts, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(child, 'close');
    const { table } = JSON.parse(text) as { table: { ok: boolean; reason?: string }[] };
    expect(table.filter(({ ok }) => !ok)).toEqual([]);
    expect(table).toHaveLength(cases.length);
  }, 600_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/killTest.mjs', import.meta.url));
/** A small tmpfs takes the rights of the machine's administrator. */
const isRoot = process.getuid?.() === 0;

describe('scripts/killTest.mjs', () => {
  it.each([
    ['kill', true],
    ['disk', isRoot],
    ['byte', true],
  ])(
    '%s: 3 of 3',
    async (kind, possible) => {
      if (!possible) return;
      const counts = ['kill', 'disk', 'byte'].flatMap((one) => [`--${one}`, one === kind ? '3' : '0']);
      const child = spawn(process.execPath, [script, ...counts, '--json'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
      await once(child, 'close');
      const { table } = JSON.parse(text) as { table: { ok: boolean; reason?: string }[] };
      expect(table.filter(({ ok }) => !ok)).toEqual([]);
      expect(table).toHaveLength(3);
    },
    900_000,
  );
});

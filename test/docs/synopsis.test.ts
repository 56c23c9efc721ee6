import { describe, expect, it } from 'vitest';
import { fedehr } from '../cli/fedehr.js';
import { allBlocks, placeOf } from './codeBlocks.js';

interface Command {
  readonly name: string;
  readonly options: readonly string[];
}

/** Commands of a synopsis: lines that start with `fedehr` and their continuations, several on a line between ` · `. */
function commandsIn(text: string): Command[] {
  return text
    .replace(/\n +/gu, ' ')
    .split(/\n| · (?=fedehr)/u)
    .filter((line) => line.startsWith('fedehr '))
    .map((line) => ({
      name: /^fedehr ((?:[a-z]+ )?)/u.exec(`${line} `)![1]!.trim(),
      options: [...line.matchAll(/--[a-z][a-z-]*/gu)].map(([option]) => option),
    }));
}

const blocks = allBlocks.filter(({ mark }) => mark.kind === 'synopsis');

describe('synopses', () => {
  it('exist', () => expect(blocks.length).toBeGreaterThan(0));

  it.each(blocks.map((block) => [placeOf(block), block] as const))(
    '%s names commands and options that exist',
    async (_, { text }) => {
      const commands = commandsIn(text);
      const names = [...new Set(commands.map(({ name }) => name))];
      expect(names.length).toBeGreaterThan(10);
      const helps = new Map<string, string>();
      for (const name of names) {
        const { code, stdout } = await fedehr(name, '--help');
        expect(code, name).toBe(0);
        expect(stdout, name).toContain(`Usage: fedehr ${name}`);
        const below = [...stdout.matchAll(/^ {2}([a-z]+) [^\n]*(?:<|\[)/gmu)].map(([, word]) => word!);
        const texts = [stdout];
        for (const word of below.filter((one) => text.includes(`fedehr ${name} ${one}`)))
          texts.push((await fedehr(name, word, '--help')).stdout);
        helps.set(name, texts.join('\n'));
      }
      for (const { name, options } of commands)
        for (const option of options) expect(helps.get(name), `${name} ${option}`).toContain(option);
    },
    120_000,
  );
});

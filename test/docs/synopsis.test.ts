import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check.js';
import { compareCommand } from '../../src/cli/compare.js';
import { describeCommand } from '../../src/cli/describe.js';
import { ingestCommand } from '../../src/cli/ingest.js';
import { datasetsCommand, metricsCommand, trainersCommand } from '../../src/cli/listings.js';
import { queueCommand } from '../../src/cli/queue.js';
import { reportCommand } from '../../src/cli/report.js';
import { runCommand } from '../../src/cli/run.js';
import { sampleCommand } from '../../src/cli/sample.js';
import { scoreCommand } from '../../src/cli/score.js';
import { selftestCommand } from '../../src/cli/selftest.js';
import { storeCommand } from '../../src/cli/store.js';
import { trainCommand } from '../../src/cli/train.js';
import { validateCommand } from '../../src/cli/validate.js';
import { workerCommand } from '../../src/cli/worker.js';
import { allBlocks, placeOf } from './codeBlocks.js';

const commands: readonly Command[] = [
  ...[checkCommand(), compareCommand(), ingestCommand(), metricsCommand(), trainersCommand(), queueCommand()],
  ...[reportCommand(), runCommand(), sampleCommand(), scoreCommand(), selftestCommand(), trainCommand()],
  ...[validateCommand(), workerCommand(), storeCommand(), datasetsCommand().addCommand(describeCommand())],
];

interface Usage {
  /** Words after `fedehr`, the command first. */
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** Commands of a synopsis: lines that start with `fedehr` and their continuations, several on a line between ` · `. */
function usagesIn(text: string): Usage[] {
  return text
    .replace(/\n +/gu, ' ')
    .split(/\n| · (?=fedehr)/u)
    .filter((line) => line.startsWith('fedehr '))
    .map((line) => ({
      words: /^fedehr ((?:[a-z]+ )*)/u.exec(`${line} `)![1]!.trim().split(' '),
      options: [...line.matchAll(/--[a-z][a-z-]*/gu)].map(([option]) => option),
    }));
}

const blocks = allBlocks.filter(({ mark }) => mark.kind === 'synopsis');

describe('synopses', () => {
  it('exist', () => expect(blocks.length).toBeGreaterThan(0));

  it.each(blocks.map((block) => [placeOf(block), block] as const))(
    '%s name every command, and options that exist',
    (_, { text }) => {
      const usages = usagesIn(text);
      expect(new Set(usages.map(({ words }) => words[0]))).toEqual(
        new Set(commands.map((one) => one.name())),
      );
      for (const { words, options } of usages) {
        const command = commands.find((one) => one.name() === words[0])!;
        const below = command.commands.find((one) => one.name() === words[1]) ?? command;
        const known = below.options.map(({ long }) => long);
        for (const option of options) expect(known, words.join(' ')).toContain(option);
      }
    },
  );
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repository } from './codeBlocks.js';

it('docs/api.md says what the docstrings say (update with `npm run docs:api`)', () => {
  const printed = execFileSync(
    process.execPath,
    [path.join(repository, 'scripts', 'apiReference.mjs'), '--print'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  expect(readFileSync(path.join(repository, 'docs', 'api.md'), 'utf8')).toBe(printed);
}, 120_000);

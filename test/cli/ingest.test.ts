import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { ingestCommand } from '../../src/cli/ingest.js';
import { writeEicu } from '../datasets/eicu/eicuExtract.js';
import { scratch, type Scratch } from '../datasets/ingest/sourceFolder.js';

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
  await writeEicu(place.from);
});
afterAll(() => place.remove());

async function run(...words: string[]): Promise<string> {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await ingestCommand().exitOverride().parseAsync(words, { from: 'user' });
    return said.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    said.mockRestore();
  }
}

describe('fedehr ingest', () => {
  it('writes a cohort and prints one JSON document', async () => {
    const out = path.join(place.root, 'eicu');
    const text = await run(
      'eicu',
      ...['--from', place.from, '--out', out, '--features', 'drugs-labs', '--window', '48h', '--step', '24h'],
      ...['--hospital-by', 'region', '--hospitals', 'ids=Midwest,South', '--label', 'los3,mortality'],
      ...['--adults', '--first-stay', '--json', '--quiet'],
    );
    expect(JSON.parse(text)).toMatchObject({
      out,
      stays: 3,
      patients: 2,
      hospitals: 2,
      steps: 2,
      stepHours: 24,
    });
    const description: unknown = JSON.parse(await readFile(path.join(out, 'cohort.json'), 'utf8'));
    expect(description).toMatchObject({
      labels: [{ name: 'los3' }, { name: 'mortality' }],
      provenance: {
        settings: { hospitalBy: 'region', hospitals: 'ids=Midwest,South', adults: true, firstStay: true },
      },
    });
  });

  it('shows people the attrition', async () => {
    const text = await run('eicu', '--from', place.from, '--out', path.join(place.root, 'said'), '--quiet');
    expect(text).toMatch(
      /7 {2}ICU stays in the source\n.*6 {2}ICU stay with a length above zero\n6 stays of 4 patients/s,
    );
  });

  it('refuses wrong words', async () => {
    const to = ['--from', place.from, '--out', path.join(place.root, 'none')];
    await expect(run('eicuu', ...to)).rejects.toThrow(/Did you mean "eicu"/);
    await expect(run('eicu', ...to, '--window', 'day')).rejects.toThrow(/--window: expected a duration/);
    await expect(run('eicu', ...to, '--form', 'event')).rejects.toThrow(/Did you mean "events"/);
  });
});

import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoreRow } from '../../src/metrics/contract.js';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables, type Tables } from './smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-score-bad-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Role = 'real' | 'holdout' | 'synthetic';
const ROLES: readonly Role[] = ['real', 'holdout', 'synthetic'];
const SEEDS: Readonly<Record<Role, number>> = { real: 1, holdout: 2, synthetic: 3 };

let cases = 0;
/** Scores three small cohorts after each was changed, with the metrics that see most. */
async function score(
  change: Partial<Record<Role, (tables: Tables) => void>>,
  ...flags: readonly string[]
): Promise<{ code: number | null; stderr: string; out: string; written: boolean }> {
  const folder = join(root, `case-${cases++}`);
  const cohorts: string[] = [];
  for (const role of ROLES) {
    const tables = smallTables(30, SEEDS[role], role);
    change[role]?.(tables);
    cohorts.push(`--${role}`, await writeTables(join(folder, role), tables));
  }
  const out = join(folder, 'out');
  const { code, stderr } = await fedehr(
    'score',
    ...cohorts,
    '--out',
    out,
    '--resamples',
    '10',
    '--quiet',
    ...flags,
  );
  const written = await access(out).then(
    () => true,
    () => false,
  );
  return { code, stderr, out, written };
}

/** All three cohorts changed in the same way. */
const everywhere = (change: (tables: Tables) => void): Partial<Record<Role, (tables: Tables) => void>> => ({
  real: change,
  holdout: change,
  synthetic: change,
});

/** Replaces one column of all rows but the header. */
function setColumn(lines: string[], column: number, text: string): void {
  for (let row = 1; row < lines.length; row++) {
    const cells = lines[row]!.split(',');
    cells[column] = text;
    lines[row] = cells.join(',');
  }
}

const rowsOf = async (out: string): Promise<ScoreRow[]> =>
  (JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as { rows: ScoreRow[] }).rows;

function dropColumn(lines: string[], column: number): void {
  lines.forEach(
    (line, row) =>
      (lines[row] = line
        .split(',')
        .filter((_, c) => c !== column)
        .join(',')),
  );
}

describe('fedehr score refuses what cannot be scored: exit 2, a clear message, nothing half-written', () => {
  const refused: [string, Partial<Record<Role, (tables: Tables) => void>>, RegExp][] = [
    [
      'disjoint schemas, the differences by name',
      {
        synthetic: ({ description, dynamic }) => {
          description['features'] = [
            { name: 'glucose', kind: 'continuous', unit: 'mg/dL' },
            { name: 'lactate', kind: 'continuous', unit: 'mmol/L', range: [0, 40] },
            { name: 'drug', kind: 'binary' },
          ];
          dynamic[0] = 'patient_id,hospital_id,t,glucose,lactate,drug';
        },
      },
      /synthetic.*2 differences: feature HR is missing; feature glucose is unknown there/,
    ],
    [
      'different units',
      {
        holdout: ({ description }) => {
          (description['features'] as { unit?: string }[])[1]!.unit = 'mg/dL';
        },
      },
      /holdout.*feature lactate is in mg\/dL, not mmol\/L/,
    ],
    [
      'a holdout that overlaps train',
      { holdout: (tables) => Object.assign(tables, smallTables(30, 1, 'real')) },
      /60 patients in both train and holdout.*--allow-overlap/,
    ],
    [
      'one real patient',
      {
        real: (tables) => {
          tables.dynamic.length = 7;
          tables.static.length = 2;
        },
      },
      /hospital north.*at least 2 patients/,
    ],
    [
      'all values missing',
      everywhere(({ dynamic }) => {
        for (const column of [3, 4, 5]) setColumn(dynamic, column, '');
      }),
      /real.*expected at least one observed value/,
    ],
    [
      'a label of one class',
      everywhere((tables) => setColumn(tables.static, 4, '1')),
      /label death.*both classes 0 and 1.*only class 1/,
    ],
    [
      'infinite values',
      {
        synthetic: ({ dynamic }) => {
          dynamic[4] = dynamic[4]!.split(',').with(3, 'inf').join(',');
        },
      },
      /synthetic.*dynamic\.csv.*HR/,
    ],
    [
      'one holdout patient',
      {
        holdout: (tables) => {
          tables.dynamic.length = 7;
          tables.static.length = 2;
        },
      },
      /hospital north.*at least 2 patients/,
    ],
    [
      'a number beyond float32',
      {
        real: ({ dynamic }) => {
          dynamic[4] = dynamic[4]!.split(',').with(3, '1e39').join(',');
        },
      },
      /real.*dynamic\.csv.*HR/,
    ],
    [
      'an infinite static',
      {
        holdout: (tables) => {
          tables.static[3] = tables.static[3]!.split(',').with(2, '-Infinity').join(',');
        },
      },
      /holdout.*static\.csv.*age/,
    ],
    [
      'a million levels of a feature',
      everywhere(({ description }) => {
        const features = description['features'] as { kind: string; levels?: string[] }[];
        features[2] = {
          ...features[2]!,
          kind: 'categorical',
          levels: Array.from({ length: 1_000_000 }, (_, i) => `level ${i}`),
        };
      }),
      /cohort\.json.*expected at most 1000 levels, found 1000000/,
    ],
    [
      'a million levels',
      everywhere(({ description }) => {
        (description['statics'] as { levels?: string[] }[])[1]!.levels = [
          'F',
          'M',
          ...Array.from({ length: 999_998 }, (_, i) => `level ${i}`),
        ];
      }),
      /cohort\.json.*expected at most 1000 levels, found 1000000/,
    ],
  ];
  it.each(refused)('%s', async (_, change, pattern) => {
    const { code, stderr, written } = await score(change, '--metrics', 'marginal.ks');
    expect(stderr).toMatch(pattern);
    expect(stderr).not.toMatch(/internal error|real-north-|holdout-north-/);
    expect(code).toBe(2);
    expect(written).toBe(false);
  });
});

describe('fedehr score says what has no value, and scores the rest', () => {
  it('marks every score of cohorts that share patients when that is allowed, in scores and report', async () => {
    const { code, out, stderr } = await score(
      { holdout: (tables) => Object.assign(tables, smallTables(30, 1, 'real')) },
      '--metrics',
      'marginal.ks,privacy.duplicate_excess',
      '--allow-overlap',
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = await rowsOf(out);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(row).toMatchObject({
        state: 'ok',
        reason: expect.stringMatching(/^patient-overlap: 60 patients in both train and holdout/) as string,
      });
    const report = await readFile(join(out, 'report', 'index.html'), 'utf8');
    expect(report).toContain('role="alert"');
    expect(report).toContain('60 patients in both train and holdout');
  });

  it('one synthetic patient: undefined with a reason wherever the synthetic cohort is looked at', async () => {
    const { code, out } = await score(
      {
        synthetic: (tables) => {
          tables.dynamic.length = 7;
          tables.static.length = 2;
        },
      },
      '--metrics',
      'marginal.ks,temporal.acf_gap,joint.discriminator_auroc,utility.tstr_auroc,privacy.mia_distance_auroc',
    );
    expect(code).toBe(0);
    for (const row of (await rowsOf(out)).filter(({ site }) => site !== 'south'))
      expect(row).toMatchObject({
        value: null,
        state: 'undefined',
        reason: expect.stringMatching(/^one-stay-synthetic: /) as string,
      });
  });

  it('one feature: pairs have no value, the rest has', async () => {
    const oneFeature = everywhere(({ description, dynamic }) => {
      description['features'] = (description['features'] as unknown[]).slice(0, 1);
      dropColumn(dynamic, 5);
      dropColumn(dynamic, 4);
    });
    const { code, out } = await score(oneFeature, '--metrics', 'marginal.ks,pairwise.correlation_gap');
    expect(code).toBe(0);
    const pooled = (await rowsOf(out)).filter(({ site }) => site === 'pooled');
    for (const row of pooled)
      expect(row.state, row.metric).toBe(row.metric === 'marginal.ks' ? 'ok' : 'undefined');
  });

  it('one feature, every headline metric: no failure', async () => {
    const { code, out } = await score(
      everywhere(({ description, dynamic }) => {
        description['features'] = (description['features'] as unknown[]).slice(0, 1);
        dropColumn(dynamic, 5);
        dropColumn(dynamic, 4);
      }),
      '--preset',
      'fast',
    );
    expect(code).toBe(0);
    for (const row of await rowsOf(out)) expect(row.state, row.metric).toMatch(/^(ok|undefined|skipped)$/);
  });

  it('a synthetic cohort with nothing observed: the worst value or a reason, never a good score', async () => {
    const { code, out } = await score(
      {
        synthetic: ({ dynamic }) => {
          for (const column of [3, 4, 5]) setColumn(dynamic, column, '');
        },
      },
      '--preset',
      'fast',
    );
    expect(code).toBe(0);
    const rows = (await rowsOf(out)).filter(({ site }) => site === 'pooled');
    const valuesOf = (id: string): (number | null)[] =>
      rows.filter(({ metric }) => metric === id).map(({ value }) => value);
    expect(rows.every(({ state }) => /^(ok|undefined|skipped)$/.test(state))).toBe(true);
    for (const id of ['marginal.ks', 'marginal.tvd', 'marginal.js', 'temporal.increment_ks'])
      for (const value of valuesOf(id)) expect(value, id).toBe(1);
    for (const id of ['marginal.wasserstein', 'temporal.acf_gap', 'pairwise.correlation_gap'])
      for (const value of valuesOf(id)) expect(value, id).toBeNull();
  });

  it('synthetic labels of one class: no model, said so; the real arm has its value', async () => {
    const { code, out } = await score(
      { synthetic: (tables) => setColumn(tables.static, 4, '1') },
      '--metrics',
      'utility.tstr_auroc,utility.trtr_auroc,utility.tstr_gap',
      '--label',
      'death',
    );
    expect(code).toBe(0);
    for (const row of (await rowsOf(out)).filter(({ site }) => site === 'pooled'))
      if (row.metric === 'utility.trtr_auroc') expect(row.state).toBe('ok');
      else
        expect(row).toMatchObject({
          value: null,
          state: 'undefined',
          reason: expect.stringMatching(/^single-class-train: /) as string,
        });
  });

  it('a constant feature: no NaN anywhere, no failure', async () => {
    const { code, out } = await score(
      everywhere(({ dynamic }) => setColumn(dynamic, 3, '80')),
      '--preset',
      'fast',
    );
    expect(code).toBe(0);
    for (const row of await rowsOf(out)) {
      expect(row.state, row.metric).toMatch(/^(ok|undefined|skipped)$/);
      if (row.state === 'ok') expect(row.value, row.metric).not.toBeNull();
    }
  });
});

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cohort, CohortSplit } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import type * as bounds from '../../src/metrics/bounds.js';
import type * as metrics from '../../src/metrics/selection.js';
import type * as scoring from '../../src/metrics/scoreCohort.js';
import { simulateSplit } from '../metrics/simulatedCohort.js';
import { codeBlocks, repository } from './codeBlocks.js';

type Metrics = typeof metrics;
type Scoring = typeof scoring;
type Bounds = typeof bounds;

const ID = 'marginal.empty_hours_ks';
const TABLE = 'src/metrics/index.ts';
const blocks = codeBlocks('CONTRIBUTING.md').flatMap(({ mark, text }) =>
  mark.kind === 'file' ? [{ name: mark.name, text }] : [],
);
const [metricFile, tableLines] = blocks;

let copy: string;
const loaded = async <Module>(file: string): Promise<Module> =>
  (await import(path.join(copy, 'src', 'metrics', file))) as Module;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'fedehr-contributing-'));
  for (const name of ['src', 'package.json', 'tsconfig.json'])
    cpSync(path.join(repository, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  writeFileSync(path.join(copy, metricFile!.name), `${metricFile!.text}\n`);
  const [imported = '', row = ''] = tableLines!.text.split('\n');
  const table = readFileSync(path.join(copy, TABLE), 'utf8');
  writeFileSync(
    path.join(copy, TABLE),
    `${imported}\n${table.replace('CatalogueMetric[] = [', `CatalogueMetric[] = [\n  ${row}`)}`,
  );
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Share of steps of a stay without any observed feature, counted in the plainest way. */
function emptyShares({ schema, size, length, observed }: Cohort): number[] {
  const width = schema.features.length;
  return Array.from({ length: size }, (_, stay) => {
    const steps = Array.from({ length: length[stay]! }, (__, t) =>
      Array.from({ length: width }, (___, f) => observed[(stay * schema.steps + t) * width + f]),
    );
    return steps.filter((cells) => cells.every((cell) => cell === 0)).length / steps.length;
  });
}

/** The cohort with a share of its cells not observed, chosen by position. */
function thinned(cohort: Cohort, share: number): Cohort {
  const observed = cohort.observed.map((cell, i) =>
    (Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32 < share ? 0 : cell,
  );
  return { ...cohort, observed, values: cohort.values.map((value, i) => (observed[i] === 1 ? value : 0)) };
}

/** Three parts of one law in which one hour in some has no measurement. */
function sparseSplit(): CohortSplit {
  const { train, holdout, reference } = simulateSplit([40, 40], 'contributing');
  return { train: thinned(train, 0.6), holdout: thinned(holdout, 0.6), reference: thinned(reference, 0.6) };
}

function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): number {
  const below = (values: readonly number[], x: number): number =>
    values.filter((value) => Math.fround(value) <= Math.fround(x)).length / values.length;
  return Math.max(...[...first, ...second].map((x) => Math.abs(below(first, x) - below(second, x))));
}

describe('the metric of CONTRIBUTING.md, added in a copy of the sources', () => {
  it('is one file and two lines', () => {
    expect(blocks.map(({ name }) => name)).toEqual([
      'src/metrics/marginal/emptyHoursKs.ts',
      `lines of ${TABLE}`,
    ]);
    expect(tableLines!.text.split('\n')).toHaveLength(2);
    expect(readFileSync(path.join(repository, TABLE), 'utf8')).not.toContain('emptyHoursKs');
  });

  it('compiles under the rules of this project', () => {
    const { config } = ts.readConfigFile(path.join(copy, 'tsconfig.json'), (file) =>
      ts.sys.readFile(file),
    ) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, copy);
    const file = path.join(copy, metricFile!.name);
    const program = ts.createProgram([file], options);
    const source = program.getSourceFile(file)!;
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 120_000);

  it('is scored with floor, ceiling and interval, and its value is what its definition says', async () => {
    const { metricsOf } = await loaded<Metrics>('selection.ts');
    const { scoreCohort } = await loaded<Scoring>('scoreCohort.ts');
    const { computeBounds } = await loaded<Bounds>('bounds.ts');
    const split = sparseSplit();
    const options = { selections: metricsOf([ID]), resamples: 30, label: null, seed: 0, sites: ['pooled'] };
    const ends = await computeBounds(split, options);
    const scored = await scoreCohort(split, split.reference, ends, options);
    expect(scored.map(({ metric }) => metric)).toEqual([ID, ID]);
    for (const { result, parameters, ceiling, floor } of scored) {
      if (result.state !== 'ok') throw new Error(result.reason);
      const real = parameters['against'] === 'train' ? split.train : split.holdout;
      const expected = kolmogorovSmirnov(emptyShares(split.reference), emptyShares(real));
      expect(expected).toBeGreaterThan(0);
      expect(result.value).toBeCloseTo(expected, 9);
      expect(result.ciHigh! - result.ciLow!).toBeGreaterThan(0);
      expect(ceiling).not.toBeNull();
      expect(floor).not.toBeNull();
    }
  }, 120_000);

  it('notices a generator that measures less', async () => {
    const { metricNamed } = await loaded<Metrics>('selection.ts');
    const split = sparseSplit();
    const worse = thinned(split.reference, 0.85);
    const score = async (synthetic: Cohort): Promise<number> => {
      const inputs = { ...split, synthetic, label: null, resamples: 0 };
      const result = await metricNamed(ID).compute(inputs, { against: 'holdout' }, random('contributing'));
      if (result.state !== 'ok') throw new Error(result.reason);
      return result.value;
    };
    expect(await score(worse)).toBeGreaterThan(2 * (await score(split.reference)));
  });
});

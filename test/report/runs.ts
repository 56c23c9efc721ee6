import type { RunResults } from '../../src/run/contract.js';
import type { NamedRun } from '../../src/report/index.js';
import { fixture, plainNames, type FixtureNames } from './fixture.js';

/** A run whose generators are better or worse by `shift` on everything. */
function shifted(results: RunResults, shift: number): RunResults {
  return {
    ...results,
    rows: results.rows.map((row) =>
      row.value === null || ['copy', 'holdout', 'marginals'].includes(row.trainer)
        ? row
        : { ...row, value: row.value + shift },
    ),
  };
}

/** Two runs on the same patients, and one with another split. */
export function threeRuns(names: FixtureNames = plainNames): readonly NamedRun[] {
  const base = fixture(names);
  const other = shifted(base, 0.02);
  const apart: RunResults = {
    ...base,
    manifest: {
      ...base.manifest,
      config: { ...base.manifest.config, split: { train: 0.4, holdout: 0.3, reference: 0.3 } },
    },
  };
  return [
    { name: 'first', results: base },
    { name: 'second', results: other },
    { name: 'third', results: apart },
  ];
}

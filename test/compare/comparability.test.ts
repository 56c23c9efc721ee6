import { describe, expect, it } from 'vitest';
import { otherDifferences, requireComparable, whyNotComparable } from '../../src/compare/comparability.js';
import type { RunResults } from '../../src/run/contract.js';
import { suiteSchema } from '../../src/suite/schema.js';
import { runOf, scoreRows } from './rows.js';

const suite = suiteSchema.parse({ name: 's', datasets: [{ id: 'simulated' }] });

function run(change: (manifest: RunResults['manifest']) => Partial<RunResults['manifest']> = () => ({})) {
  const plain = runOf(scoreRows('fedavg', 'marginal.ks', [0.1]));
  const manifest = {
    ...plain.manifest,
    config: suite,
    datasets: plain.manifest.datasets.map((one) => ({ ...one, sha256: { 'dynamic.parquet': 'aa' } })),
  };
  return { ...plain, manifest: { ...manifest, ...change(manifest) } };
}

describe('two runs', () => {
  it('may be compared when only generators, seeds and versions differ', () => {
    const other = run(() => ({
      seeds: [3],
      versions: { node: '22' },
      config: { ...suite, trainers: [{ id: 'fedavg', variant: 'x', parameters: {} }] },
    }));
    expect(whyNotComparable(run(), other)).toEqual([]);
    expect(otherDifferences(run().manifest, other.manifest)).toEqual(['version: node null against "22"']);
  });

  it('may not with another engine, data hash, split, label or size, and say which', () => {
    const reasonsOf = (change: Parameters<typeof run>[0]): string[] => whyNotComparable(run(), run(change));
    expect(reasonsOf(() => ({ engine: 'cpu' }))).toEqual(['engine: onnx against cpu']);
    const datasets = (part: object) => (manifest: RunResults['manifest']) => ({
      datasets: manifest.datasets.map((one) => ({ ...one, ...part })),
    });
    expect(reasonsOf(datasets({ sha256: { 'dynamic.parquet': 'bb' } }))).toEqual([
      'dataset simulated, data hash: dynamic.parquet "aa" against "bb"',
    ]);
    expect(reasonsOf(datasets({ label: 'death' }))).toEqual([
      'dataset simulated: label null against "death"',
    ]);
    const split = { ...suite.split, seed: 4 };
    expect(reasonsOf(() => ({ config: { ...suite, split } }))[0]).toMatch(
      /^dataset simulated: split .*"seed":0.* against .*"seed":4/,
    );
    const fewer = { ...suite, datasets: [{ id: 'simulated', patientsPerHospital: 50 }] };
    expect(reasonsOf(() => ({ config: fewer }))).toEqual([
      'dataset simulated: patients a hospital null against 50',
    ]);
    expect(reasonsOf(() => ({ config: { ...suite, synthetic: { size: 100 } } }))).toEqual([
      'dataset simulated: size of the synthetic cohort "train" against 100',
    ]);
  });

  it('may not with another version of a metric, and the refusal names all reasons at once', () => {
    const other = run(() => ({ engine: 'cpu' }));
    const rows = other.rows.map((row) => ({ ...row, metricVersion: 99 }));
    expect(() => requireComparable({ ...run(), name: 'runs/a' }, { ...other, rows, name: 'runs/b' })).toThrow(
      /runs\/b.*runs\/a[\s\S]*engine: onnx against cpu[\s\S]*metric marginal\.ks: version/,
    );
  });

  it('leave the synthetic cohort of `fedehr score` out of the data hashes', () => {
    const scored = (synthetic: string) =>
      run(({ datasets }) => ({
        config: { label: 'death' },
        datasets: datasets.map((one) => ({ ...one, sha256: { real: 'r', holdout: 'h', synthetic } })),
      }));
    expect(whyNotComparable(scored('a'), scored('b'))).toEqual([]);
  });
});

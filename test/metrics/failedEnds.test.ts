import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Attempt } from '../../src/metrics/attempt.js';
import { computeBounds, failedEnds } from '../../src/metrics/bounds.js';
import type { Result } from '../../src/metrics/contract.js';
import { metricsOf } from '../../src/metrics/selection.js';
import { gatherResults } from '../../src/run/gatherResults.js';
import { productVersions } from '../../src/run/manifest.js';
import { planSuite } from '../../src/run/planSuite.js';
import { parseSuite } from '../../src/suite/readSuite.js';
import { simulateSplit } from './simulatedCohort.js';

const split = simulateSplit([30, 30], 'failed-ends');
const selections = metricsOf(['marginal.ks', 'utility.tstr_auroc']);
const options = { selections, resamples: 0, label: null, seed: 0, sites: ['pooled', 'A'] };

/** Gives what is said for some computations, and 1 for the others. */
const attemptWith = (said: (name: string) => Result | undefined): Attempt => ({
  run: (name) =>
    Promise.resolve({
      seconds: 1,
      result: said(name) ?? { state: 'ok', value: 1, ciLow: null, ciHigh: null, n: 1 },
    }),
});
const late: Result = { state: 'timed-out', reason: 'time-limit: stopped after 3 s', n: 0 };

it('a floor or ceiling that failed keeps state and reason, and is a finding; one that is undefined is none', async () => {
  const attempt = attemptWith((name) => {
    if (!name.includes('marginal.ks') || !name.includes('holdout')) return undefined;
    if (name.startsWith('["ceiling"')) return late;
    return name.includes('"A"') ? { state: 'undefined', reason: 'constant: no spread', n: 0 } : undefined;
  });
  const bounds = await computeBounds(split, { ...options, attempt });
  const { state, reason } = late as { state: 'timed-out'; reason: string };
  const ks = bounds.entries.filter(
    ({ parameters, metric }) => metric === 'marginal.ks' && parameters['against'] === 'holdout',
  );
  expect(ks.map(({ site, floor, ceiling, missing }) => [site, floor, ceiling, missing])).toEqual([
    ['pooled', 1, null, { ceiling: { state, reason } }],
    [
      'A',
      null,
      null,
      { ceiling: { state, reason }, floor: { state: 'undefined', reason: 'constant: no spread' } },
    ],
  ]);
  const sentence = `no ceiling of marginal.ks against=holdout (timed-out, ${reason}) at pooled, A`;
  expect(failedEnds(bounds)).toEqual([sentence]);
  expect(
    failedEnds(await computeBounds(split, { ...options, attempt: attemptWith(() => undefined) })),
  ).toEqual([]);

  // A run tells of it in its manifest, and its exit code counts it.
  const suite = parseSuite(
    'name: x\ndatasets: [{ id: simulated, parameters: { hospitals: 2, patients: 40, drugs: 1, factors: 2, steps: 3 } }]\nreferences: [copy]\nmetrics: [marginal.ks]\n',
    's.yaml',
  );
  const planned = { file: 's.yaml', engine: 'onnx' } as const;
  const plan = await planSuite(suite, planned);
  const folder = await mkdtemp(join(tmpdir(), 'fedehr-ends-'));
  try {
    const files = {
      'bounds.json': bounds,
      'figures.json': [],
      'split.json': { hospitals: [], findings: ['a copy'] },
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), JSON.stringify(content));
    const outcome = { state: 'done', folder, reused: true, seconds: 1, peakMegabytes: 1 } as const;
    const outcomes = new Map([[plan.bounds[0]!, outcome]]);
    const results = await gatherResults(suite, plan, outcomes, planned, productVersions());
    expect(results.failedEnds).toEqual([sentence]);
    expect(results.manifest.datasets[0]!.findings).toEqual(['a copy', sentence]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('a floor of several draws is none where one of them failed: the mean of the others would be another one', async () => {
  const failing = attemptWith((name) => (name.startsWith('["floor 2"') ? late : undefined));
  const { entries } = await computeBounds(split, { ...options, attempt: failing });
  const drawn = entries.filter(
    ({ metric, parameters }) => metric === 'utility.tstr_auroc' && parameters['model'] === 'logistic',
  );
  expect(drawn.length).toBeGreaterThan(0);
  for (const { floor, ceiling, missing } of drawn)
    expect([floor, ceiling, missing.floor?.state]).toEqual([null, 1, 'timed-out']);
});

import { describe, expect, it } from 'vitest';
import type { MetricDescriptor, Result } from '../../src/metrics/contract.js';
import { metrics } from '../../src/metrics/index.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { fulfils, type Observed } from '../../src/selftest/criterion.js';
import { anyValue, between, near, type Expectation } from '../../src/selftest/expectation.js';
import { expectations, rowFor } from '../../src/selftest/expectations/index.js';
import { ladder, type GeneratorId } from '../../src/selftest/generators/index.js';

describe('expectations of the ladder', () => {
  it('exist for every metric with every parameter set of every preset, for every generator', () => {
    for (const { descriptor } of metrics)
      for (const parameters of Object.values(descriptor.variants).flat()) {
        const row = rowFor(descriptor.id, parameters);
        const place = `${descriptor.id} ${JSON.stringify(parameters)}`;
        expect(row, `no row of expectations for ${place}`).toBeDefined();
        for (const { id } of ladder) expect(row?.[id], `${place}, ${id}`).toBeDefined();
      }
  });

  it('exist for metrics of the table only', () => {
    const ids = metrics.map(({ descriptor }) => descriptor.id);
    for (const id of Object.keys(expectations)) expect(ids).toContain(id);
  });

  it('accept any value in few cells only, each with its reason', () => {
    const cells = cellsOf().filter(({ said }) => said.kind === 'any-value');
    for (const { place, said } of cells)
      if (said.kind === 'any-value') expect(said.why.length, place).toBeGreaterThan(10);
    // A cell more is a decision: what does the definition imply about it?
    expect([...new Set(cells.map(({ metric, generator }) => `${metric} ${generator}`))].sort()).toEqual([
      'privacy.mia_tpr_at_fpr flipped',
      'privacy.mia_tpr_at_fpr half',
      'privacy.mia_tpr_at_fpr shuffled',
      'privacy.mir_f1 flipped',
      'privacy.mir_f1 shuffled',
      'site.contribution_skew imputed',
      'temporal.dtw_set_distance flipped',
      'temporal.dtw_set_distance shuffled',
      'utility.tstr_calibration_intercept imputed',
      'utility.tstr_calibration_intercept marginals',
    ]);
  });

  it('refuse something in every other cell: not one accepts all that a metric could say', () => {
    const open = cellsOf().filter(
      ({ metric, said }) => said.kind !== 'any-value' && acceptsAll(metricNamed(metric).descriptor, said),
    );
    expect(open.map(({ place }) => place)).toEqual([]);
  });

  it('refuse a failed metric, and a value outside its range, in every cell', () => {
    for (const { metric, said, place } of cellsOf()) {
      const { descriptor } = metricNamed(metric);
      const failed = { state: 'failed', reason: 'boom', n: 0 } as const;
      expect(fulfils(descriptor, { ...ends(descriptor), result: failed }, said), place).toBe(false);
      const beyond = descriptor.range[1] === null ? null : ok(descriptor.range[1] + 1, 0.01);
      if (beyond !== null)
        expect(fulfils(descriptor, { ...ends(descriptor), result: beyond }, said), place).toBe(false);
    }
  });

  it('would not let a cell pass that accepts everything', () => {
    const { descriptor } = metricNamed('privacy.dcr_share');
    expect(acceptsAll(descriptor, between(0, 1))).toBe(true);
    expect(acceptsAll(descriptor, anyValue('nothing is known'))).toBe(true);
    expect(acceptsAll(descriptor, near(0.5, 0.5))).toBe(true);
    expect(acceptsAll(descriptor, between(0.1, 1))).toBe(false);
  });
});

interface Cell {
  readonly metric: string;
  readonly generator: GeneratorId;
  /** Within `unless-undefined`, what is said where there is a value. */
  readonly said: Expectation;
  readonly place: string;
}

function cellsOf(): readonly Cell[] {
  return metrics.flatMap(({ descriptor }) =>
    Object.values(descriptor.variants)
      .flat()
      .flatMap((parameters) =>
        ladder.map(({ id }) => {
          let said = rowFor(descriptor.id, parameters)![id];
          while (said.kind === 'unless-undefined') said = said.said;
          const place = `${descriptor.id} ${JSON.stringify(parameters)}, ${id}`;
          return { metric: descriptor.id, generator: id, said, place };
        }),
      ),
  );
}

const ok = (value: number, halfWidth: number): Result => ({
  state: 'ok',
  value,
  ciLow: value - halfWidth,
  ciHigh: value + halfWidth,
  n: 100,
});

/** Lowest and highest value to try; three units beyond the ideal where a range is open. */
function span({ range: [lowest, highest], ideal }: MetricDescriptor): readonly [number, number] {
  return [lowest ?? (ideal ?? 0) - 3, highest ?? (ideal ?? 0) + 3];
}

/** Fresh patients, a copy and independent columns at places of their own within the range. */
function ends(descriptor: MetricDescriptor): Omit<Observed, 'result'> {
  const [low, high] = span(descriptor);
  const at = (share: number): number => low + share * (high - low);
  return { ceiling: at(0.4), floor: at(0.8), ofCopy: ok(at(0.3), 0.01 * (high - low)) };
}

/** Whether an expectation is right about every value of the range, each known well. */
function acceptsAll(descriptor: MetricDescriptor, expectation: Expectation): boolean {
  const [low, high] = span(descriptor);
  return Array.from({ length: 41 }, (_, k) => low + (k / 40) * (high - low)).every((value) =>
    fulfils(descriptor, { ...ends(descriptor), result: ok(value, 0.005 * (high - low)) }, expectation),
  );
}

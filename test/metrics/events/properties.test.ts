import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricInputs, MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import type { EventRow } from '../../cohort/events/eventRows.js';
import { eventCohort } from './eventCohort.js';
import { eicuTables } from './severeStays.js';

/** Metrics without a learner, whose value chance has no part in. */
const DETERMINISTIC = [
  'events.cde',
  'events.i_cde',
  'events.item_coverage',
  'events.null_rate_gap',
  'events.pcc',
  'events.i_pcc',
  'events.correlation_agreement',
  'events.time_gap',
  'events.time',
  'events.event_count',
  'events.mia_auroc',
  'events.mia_tpr_at_fpr',
  'events.mia_median_accuracy',
  'events.row_copy_excess',
];

const lab = fc.record({
  table: fc.constant(0),
  minute: fc.integer({ min: 0, max: 720 }),
  cells: fc.tuple(
    fc.constantFrom('sodium', 'creatinine', 'lactate'),
    fc.option(fc.integer({ min: 0, max: 40 })),
    fc.option(fc.constantFrom('mg', 'mmol')),
    fc.option(fc.constantFrom('high', 'normal')),
  ),
});
const drug = fc.record({
  table: fc.constant(1),
  minute: fc.integer({ min: 0, max: 720 }),
  cells: fc.tuple(fc.constantFrom('propofol', 'heparin'), fc.option(fc.integer({ min: 0, max: 9 }))),
});
const stays = fc.array(fc.array(fc.oneof(lab, drug), { maxLength: 6 }), { minLength: 2, maxLength: 8 });

const cohorts = fc.record({
  train: stays,
  holdout: stays,
  synthetic: stays,
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

const cohort = (rows: readonly (readonly EventRow[])[], name: string): Cohort =>
  eventCohort(eicuTables, rows, name);

async function scores(inputs: Pick<MetricInputs, 'train' | 'holdout' | 'synthetic'>): Promise<
  {
    readonly id: string;
    readonly parameters: MetricParameters;
    readonly result: Result;
    readonly range: readonly [number | null, number | null];
  }[]
> {
  const found = [];
  for (const id of DETERMINISTIC) {
    const metric = metricNamed(id);
    for (const parameters of Object.values(metric.descriptor.variants).flat())
      found.push({
        id,
        parameters,
        range: metric.descriptor.range,
        result: await metric.compute(
          { ...inputs, reference: null, label: null, resamples: 0 },
          parameters,
          random('event-properties'),
        ),
      });
  }
  return found;
}

const shuffled = (of: Cohort, seed: number, name: string): Cohort =>
  selectStays(of, random('order', name, seed).permutation(of.size));

describe('every deterministic event metric', () => {
  it('stays in its range or says why it has no value, and does not depend on the order of patients', async () => {
    await fc.assert(
      fc.asyncProperty(cohorts, async ({ train, holdout, synthetic, seed }) => {
        const inputs = {
          train: cohort(train, 'r'),
          holdout: cohort(holdout, 'h'),
          synthetic: cohort(synthetic, 's'),
        };
        const plain = await scores(inputs);
        const mixed = await scores({
          train: shuffled(inputs.train, seed, 'train'),
          holdout: shuffled(inputs.holdout, seed, 'holdout'),
          synthetic: shuffled(inputs.synthetic, seed, 'synthetic'),
        });
        plain.forEach(({ id, parameters, result, range }, i) => {
          const name = `${id} ${JSON.stringify(parameters)}`;
          const other = mixed[i]!.result;
          expect([name, other.state]).toEqual([name, result.state]);
          if (result.state !== 'ok' || other.state !== 'ok') {
            expect(['undefined', 'skipped']).toContain(result.state);
            return;
          }
          const [low, high] = range;
          expect(result.value, name).toBeGreaterThanOrEqual((low ?? -Infinity) - 1e-9);
          expect(result.value, name).toBeLessThanOrEqual((high ?? Infinity) + 1e-9);
          expect(Math.abs(other.value - result.value), name).toBeLessThan(1e-9);
        });
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

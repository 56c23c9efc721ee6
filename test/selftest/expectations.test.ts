import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/metrics/index.js';
import { expectations, rowFor } from '../../src/selftest/expectations/index.js';
import { ladder } from '../../src/selftest/generators/index.js';

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

  it('say why where nothing is expected, and never for a whole row', () => {
    for (const [id, rows] of Object.entries(expectations))
      for (const { row } of rows) {
        const open = Object.values(row).filter((expectation) => expectation.kind === 'any');
        for (const { why } of open) expect(why.length, id).toBeGreaterThan(10);
        expect(open.length, id).toBeLessThan(ladder.length / 2);
      }
  });
});

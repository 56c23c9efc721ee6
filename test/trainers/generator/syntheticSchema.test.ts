import { expect, it } from 'vitest';
import { syntheticSchema } from '../../../src/trainers/generator/syntheticSchema.js';
import { requireSameSchema } from '../../../src/metrics/sameSchema.js';
import { plantedSchema } from '../plantedCohort.js';

it('a synthetic schema says that it is synthetic, and keeps nothing that describes the real stays', () => {
  const real = {
    ...plantedSchema,
    provenance: {
      ...plantedSchema.provenance,
      citation: 'A paper',
      attrition: [{ step: 'all', remaining: 100 }],
      outOfRange: { pulse: 20 },
      sourceFiles: [{ name: 'a.csv', bytes: 1, sha256: 'ab' }],
    },
  };
  const schema = syntheticSchema(real, { id: 'fedavg', version: 3 });
  expect(schema.name).toBe('synthetic of planted by fedavg');
  expect(schema.provenance).toEqual({
    source: 'synthetic, drawn by fedavg trained on planted (planted)',
    licence: 'none',
    createdBy: 'fedehr-bench, trainer fedavg, version 3',
    citation: 'A paper',
    notes: [expect.stringContaining('synthetic'), expect.stringContaining('training data')],
  });
  expect(() => {
    requireSameSchema(real, schema);
  }).not.toThrow();
});

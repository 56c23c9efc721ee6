import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { suiteSchema } from '../../src/suite/schema.js';

describe('suites/suite.schema.json', () => {
  it('is the JSON Schema of suite files, for editors (update with `npx vitest run test/suite/jsonSchema.test.ts -u`)', async () => {
    const schema = JSON.stringify(z.toJSONSchema(suiteSchema, { io: 'input' }), null, 2);
    await expect(`${schema}\n`).toMatchFileSnapshot('../../suites/suite.schema.json');
  });
});

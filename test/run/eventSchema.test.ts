import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventSchema } from '../../src/run/eventSchema.js';

describe('docs/events.schema.json', () => {
  it('is the JSON Schema of a line of events.jsonl (update with `npx vitest run test/run/eventSchema.test.ts -u`)', async () => {
    const schema = JSON.stringify(z.toJSONSchema(eventSchema), null, 2);
    await expect(`${schema}\n`).toMatchFileSnapshot('../../docs/events.schema.json');
  });
});

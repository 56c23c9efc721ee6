import { describe, expect, it } from 'vitest';
import { ruleCatalogue, ruleDescriptions } from '../../../src/federation/aggregation/catalogue.js';
import { aggregationRules, layerwiseRules } from '../../../src/federation/aggregation/index.js';
import { fedehrGenParameters } from '../../../src/trainers/generator/parameters.js';

describe('docs/aggregation.md', () => {
  it('says what the table of rules says (update with `npx vitest run test/federation/aggregation/catalogue.test.ts -u`)', async () => {
    await expect(ruleCatalogue()).toMatchFileSnapshot('../../../docs/aggregation.md');
  });

  it('has every rule, and the stages that fedehr-gen accepts it for', () => {
    expect(Object.keys(ruleDescriptions).sort()).toEqual(
      [...Object.keys(aggregationRules), ...layerwiseRules].sort(),
    );
    const accepts = (section: 'matching' | 'weighting', rule: string): boolean =>
      fedehrGenParameters.safeParse({ [section]: { rule } }).success;
    for (const [rule, { stages }] of Object.entries(ruleDescriptions))
      expect([rule, accepts('matching', rule), accepts('weighting', rule)]).toEqual([
        rule,
        stages.includes('one'),
        stages.includes('two'),
      ]);
  });
});

import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../src/metrics/catalogue.js';
import { metricDescriptors } from '../../src/metrics/index.js';

describe('docs/metrics.md', () => {
  it('says what the table of metrics says (update with `npx vitest run test/metrics/catalogue.test.ts -u`)', async () => {
    await expect(metricCatalogue(metricDescriptors)).toMatchFileSnapshot('../../docs/metrics.md');
  });

  it('warns how every headline metric misleads', () => {
    const silent = metricDescriptors.filter(({ headline, misuse }) => headline && misuse === undefined);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

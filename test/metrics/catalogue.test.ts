import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../src/metrics/catalogue.js';
import { metricDescriptors } from '../../src/metrics/index.js';

describe('docs/metrics.md', () => {
  it('says what the table of metrics says (update with `npx vitest run test/metrics/catalogue.test.ts -u`)', async () => {
    await expect(metricCatalogue(metricDescriptors)).toMatchFileSnapshot('../../docs/metrics.md');
  });

  it('names the paper, equation or code base of every metric, or that it is our own', () => {
    for (const { id, source } of metricDescriptors) {
      expect(source, id).toMatch(/\.$/u);
      expect(source, id).toMatch(/[Tt]his project|\d{4}|SDMetrics|mostlyai-qa|RawMed|scipy|CorAcc/u);
    }
  });

  it('warns how every headline metric misleads', () => {
    const silent = metricDescriptors.filter(({ headline, misuse }) => headline && misuse === undefined);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

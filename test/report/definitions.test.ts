import { describe, expect, it } from 'vitest';
import { metricDescriptors } from '../../src/metrics/index.js';
import { escapeHtml } from '../../src/cohort/escapeHtml.js';
import { definitions } from '../../src/report/page/methodSection.js';
import { descriptors } from './fixture.js';

const page = (all: Parameters<typeof definitions>[0]): string => definitions(all).join('');

describe('definitions on the report page', () => {
  it('say of every metric where it comes from, and what a good value does not say where that is known', () => {
    const text = page(metricDescriptors);
    for (const { source, misuse } of metricDescriptors) {
      expect(text).toContain(`Source: ${escapeHtml(source)}`);
      if (misuse !== undefined) expect(text).toContain(escapeHtml(misuse));
    }
    expect(text.match(/What a good value does not say/gu)).toHaveLength(
      metricDescriptors.filter(({ misuse }) => misuse !== undefined).length,
    );
  });

  it('escape both', () => {
    const text = page(descriptors);
    expect(text).toContain('says nothing about &lt;privacy&gt;');
    expect(text).toContain('&lt;1999&gt;');
    expect(text).not.toContain('<1999>');
  });
});

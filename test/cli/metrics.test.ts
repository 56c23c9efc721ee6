import { describe, expect, it } from 'vitest';
import { metricNamed } from '../../src/metrics/selection.js';
import { fedehr } from './fedehr.js';

describe('fedehr metrics <id>', () => {
  it.each(['privacy.dcr_share', 'privacy.mia_distance_auroc'])('says how %s misleads', async (id) => {
    const { code, stdout } = await fedehr('metrics', id);
    const { misuse } = metricNamed(id).descriptor;
    expect(code).toBe(0);
    expect(misuse).toMatch(/no (privacy guarantee|proof of privacy)/iu);
    expect(stdout).toContain(`Misuse       ${misuse!}`);
    expect(stdout).toContain(`Source       ${metricNamed(id).descriptor.source}`);
  });

  it('has no such line for a metric without known misuse', async () => {
    expect(metricNamed('marginal.js').descriptor.misuse).toBeUndefined();
    expect((await fedehr('metrics', 'marginal.js')).stdout).not.toMatch(/Misuse/u);
  });
});

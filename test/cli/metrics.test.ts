import { describe, expect, it } from 'vitest';
import { metricNamed } from '../../src/metrics/selection.js';
import { fedehr, start } from './fedehr.js';

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

describe('a reader that goes away before the end, as `head` does', () => {
  it.each([['metrics', '--json'], ['--help']])(
    'ends fedehr %s without a word and with 0',
    async (...args) => {
      const { child, finished } = start(args);
      child.stdout!.destroy();
      expect(await finished).toEqual({ code: 0, stdout: '', stderr: '' });
    },
  );

  it('does not hide wrong usage, even from a reader of both streams', async () => {
    const { child, finished } = start(['metrics', 'marginal.k']);
    child.stdout!.destroy();
    child.stderr!.destroy();
    expect((await finished).code).toBe(2);
  });
});

import { InputError } from '../cohort/inputError.js';
import { protocolOf } from '../compare/comparability.js';
import type { RunResults } from '../run/contract.js';
import { canonicalJson } from '../suite/contentKey.js';
import type { Baseline } from './baseline.js';

/**
 * Refuses a run on other data, another split or engine than the baseline's: no row of it could be compared.
 *
 * @throws InputError with every reason
 */
export function requireSameProtocol(
  run: Pick<RunResults, 'manifest'>,
  baseline: Baseline,
  file: string,
): void {
  const reasons: string[] = [];
  if (run.manifest.engine !== baseline.engine)
    reasons.push(`engine: ${baseline.engine} in the baseline, ${run.manifest.engine} in the run`);
  for (const { id, label, sha256, protocol } of baseline.datasets) {
    const own = run.manifest.datasets.find((dataset) => dataset.id === id);
    // A dataset that is gone shows as missing rows.
    if (own === undefined) continue;
    const parts = [
      ['label', label, own.label],
      ['data hashes', sha256, own.sha256],
      ['protocol', protocol, protocolOf(run.manifest, id)],
    ] as const;
    for (const [what, before, after] of parts)
      if (canonicalJson(before) !== canonicalJson(after))
        reasons.push(
          `dataset ${id}, ${what}: ${JSON.stringify(before)} in the baseline, ${JSON.stringify(after)} in the run`,
        );
  }
  if (reasons.length === 0) return;
  throw new InputError({
    file,
    expected: 'a run of the suite that the baseline was made with',
    found: `other conditions:\n  ${reasons.join('\n  ')}`,
    remedy: 'Run the same suite, or make a new baseline with --update --reason "…".',
  });
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCohort } from '../cohort/readCohort.js';
import type { Attempt } from '../metrics/attempt.js';
import { computeBounds, type Bounds } from '../metrics/bounds.js';
import { metricsOf, presets } from '../metrics/selection.js';
import { leakGuards } from '../metrics/leakGuards.js';
import type { ScoringOptions } from '../metrics/resultAt.js';
import { scoreCohort } from '../metrics/scoreCohort.js';
import type { BoundsJob, MetricEvent, ScoreJob, SuiteScoring } from './plan.js';
import { preparedSplit } from './preparedSplit.js';
import { referenceCohort } from './executeTraining.js';
import { INCOMPLETE } from './receipt.js';
import { siteFigures } from './siteFigures.js';
import { hiddenHospitals, splitCounts } from './splitCounts.js';
import { isMachineFault } from './timeLimit.js';
import { releaseUnusedArrays } from './unusedArrays.js';

/** The suite's scoring keys as the metrics take them; a list of metric ids is scored as finely as the preset `fast`. */
export function scoringOptions(scoring: SuiteScoring, label: string | null): ScoringOptions {
  const { metrics, resamples, seed } = scoring;
  const preset = typeof metrics === 'string' ? presets[metrics] : presets.fast;
  return { selections: metricsOf(metrics), resamples: resamples ?? preset.resamples, label, seed };
}

/** Ends of scales that are missing because of the machine. */
const lackingEnds = ({ entries }: Bounds): number =>
  entries.flatMap(({ missing }) => Object.values(missing)).filter(isMachineFault).length;

/** Marks a product as incomplete where results are missing because of the machine. */
async function markIncomplete(folder: string, lacking: number): Promise<void> {
  if (lacking > 0) await writeFile(join(folder, INCOMPLETE), JSON.stringify({ lacking }));
}

/**
 * Writes `bounds.json`, the real holdout's `figures.json`, and `split.json` for the manifest.
 */
export async function executeBounds(job: BoundsJob, folder: string, attempt: Attempt): Promise<void> {
  releaseUnusedArrays();
  const split = await preparedSplit(job.dataset);
  const options = scoringOptions(job.scoring, job.dataset.label);
  const bounds = await computeBounds(split, { ...options, attempt });
  const findings = leakGuards(split).map(({ message }) => message);
  const counts = splitCounts(split);
  await writeFile(join(folder, 'split.json'), JSON.stringify({ ...counts, findings }));
  await writeFile(join(folder, 'bounds.json'), JSON.stringify(bounds satisfies Bounds));
  await writeFile(
    join(folder, 'figures.json'),
    JSON.stringify(siteFigures(split.holdout, [], hiddenHospitals(counts))),
  );
  await markIncomplete(folder, lackingEnds(bounds));
}

/** Writes `scores.json` and `figures.json` of one generator's cohort. */
export async function executeScoring(
  job: ScoreJob,
  folder: string,
  emit: (event: MetricEvent) => void,
  needs: { readonly bounds: string; readonly synthetic: string | undefined; readonly attempt: Attempt },
): Promise<void> {
  const split = await preparedSplit(job.train.dataset);
  releaseUnusedArrays();
  const synthetic =
    needs.synthetic === undefined
      ? await referenceCohort(job.train)
      : await readCohort(join(needs.synthetic, 'cohort'));
  const bounds = JSON.parse(await readFile(join(needs.bounds, 'bounds.json'), 'utf8')) as Bounds;
  const options = {
    ...scoringOptions(job.scoring, job.train.dataset.label),
    attempt: needs.attempt,
  };
  const scored = await scoreCohort(
    split,
    synthetic,
    bounds,
    options,
    ({ metric, site, result, seconds }, done, total) =>
      emit({ kind: 'metric', metric, site, state: result.state, seconds, done, total }),
  );
  await writeFile(join(folder, 'scores.json'), JSON.stringify(scored));
  const hidden = job.reference ? hiddenHospitals(splitCounts(split)) : new Set<string>();
  await writeFile(join(folder, 'figures.json'), JSON.stringify(siteFigures(synthetic, scored, hidden)));
  const lacking = scored.filter(({ result }) => isMachineFault(result)).length;
  // The rows carry their floors and ceilings.
  await markIncomplete(folder, lacking + lackingEnds(bounds));
}

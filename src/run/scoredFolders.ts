import { basename } from 'node:path';
import { alignCohorts, type NamedCohort } from '../cohort/align.js';
import { contentHash } from '../cohort/contentHash.js';
import { readCohort } from '../cohort/readCohort.js';
import { selectStays } from '../cohort/select.js';
import type { Cohort } from '../cohort/types.js';
import { requireLabel, requireUsable } from '../cohort/validate.js';
import type { Attempt } from '../metrics/attempt.js';
import { computeBounds, failedEnds } from '../metrics/bounds.js';
import { leakGuards, markOf } from '../metrics/leakGuards.js';
import { sitesOf } from '../metrics/sampling.js';
import { scoreCohort } from '../metrics/scoreCohort.js';
import { countScores } from '../metrics/selectionsAt.js';
import { contentKey } from '../suite/contentKey.js';
import { scoreRows } from './assembleScores.js';
import type { RunResults } from './contract.js';
import { scoringOptions } from './executeScoring.js';
import { libraryVersions, machine, productVersions } from './manifest.js';
import { decisiveScoring, type SuiteScoring } from './plan.js';
import { siteFigures } from './siteFigures.js';
import { hiddenHospitals, splitCounts } from './splitCounts.js';

/** What is to be scored; plain data. */
export interface FoldersToScore {
  /** Cohort folders. */
  readonly real: string;
  readonly holdout: string;
  readonly synthetic: string;
  readonly reference?: string;
  readonly label?: string;
  readonly scoring: SuiteScoring;
  /** Patients in two of the real cohorts mark every score instead of being refused. */
  readonly allowOverlap: boolean;
}

/** Called before the bounds and after every result; `total` counts both passes. */
export type OnProgress = (done: number, total: number, what: string) => void;

/** The scores of a folder, and what leak guards and floors and ceilings have found. */
export interface ScoredFolders {
  readonly results: RunResults;
  readonly findings: readonly string[];
  /** Those findings that say which floors and ceilings failed. */
  readonly failedEnds: readonly string[];
}

/** Reports call the real patients `real`: scores of a synthetic folder of that name would vanish behind them. */
function generatorName(folder: string): string {
  const name = basename(folder);
  return name === 'real' ? 'real (scored as synthetic)' : name;
}

async function load(options: FoldersToScore): Promise<Cohort[]> {
  const named: NamedCohort[] = [];
  for (const role of ['real', 'holdout', 'synthetic', 'reference'] as const) {
    const folder = options[role];
    if (folder !== undefined) named.push({ role, folder, cohort: await readCohort(folder) });
  }
  return alignCohorts(named);
}

/**
 * Scores a synthetic cohort that any tool wrote, pooled and at every hospital, against the real patients it was made
 * from (`real`) and fresh ones (`holdout`). Throws an InputError on cohorts that do not fit together and on patients
 * that are in two of the real ones.
 */
export async function scoredFolders(
  options: FoldersToScore,
  attempt: Attempt,
  onProgress: OnProgress,
): Promise<ScoredFolders> {
  const [train, holdout, synthetic, reference] = await load(options);
  if (train === undefined || holdout === undefined || synthetic === undefined)
    throw new Error('three cohorts are needed');
  requireUsable(train, options.real);
  requireUsable(holdout, options.holdout);
  const label = options.label ?? train.schema.labels[0]?.name ?? null;
  if (label !== null) requireLabel(holdout, label, options.holdout);
  const split = { train, holdout, reference: reference ?? selectStays(train, []) };
  const found = leakGuards(split, synthetic, { allowOverlap: options.allowOverlap });
  const scoring = { ...scoringOptions(options.scoring, label), attempt };
  const passes = 3; // floor and ceiling without intervals, then the scores with theirs
  const rowsTotal = countScores(scoring.sites ?? sitesOf(train), scoring.selections);
  onProgress(0, rowsTotal * passes, 'floors and ceilings');
  const bounds = await computeBounds(split, scoring);
  const failed = failedEnds(bounds);
  const findings = [...found.map(({ message }) => message), ...failed];
  const scored = await scoreCohort(split, synthetic, bounds, scoring, (entry, done) =>
    onProgress(rowsTotal * (passes - 1) + done, rowsTotal * passes, `${entry.metric} at ${entry.site}`),
  );
  const name = basename(options.real);
  const generator = {
    dataset: name,
    trainer: generatorName(options.synthetic),
    variant: 'default',
    seed: options.scoring.seed,
  };
  const sha256 = {
    real: contentHash(train),
    holdout: contentHash(holdout),
    synthetic: contentHash(synthetic),
  };
  const scoreKey = contentKey({
    sha256,
    scoring: decisiveScoring(options.scoring),
    label,
    versions: productVersions(),
  });
  const named = (sites: ReturnType<typeof siteFigures>, key: typeof generator): RunResults['figures'] =>
    sites.map((site) => ({ ...key, ...site }));
  const counts = splitCounts(split);
  const hidden = hiddenHospitals(counts);
  const results: RunResults = {
    manifest: {
      format: 'fedehr-run',
      version: 1,
      suite: 'score',
      config: { scoring: options.scoring, label },
      seeds: [options.scoring.seed],
      engine: 'none',
      versions: libraryVersions(),
      machine: machine(),
      datasets: [
        {
          id: name,
          title: train.schema.name,
          licence: train.schema.provenance.licence,
          citation: train.schema.provenance.citation ?? '',
          ...counts,
          label,
          sha256,
          findings,
        },
      ],
    },
    rows: scoreRows('score', generator, scored, scoreKey, hidden.size > 0, markOf(found)),
    figures: [
      ...named(siteFigures(holdout, [], hidden), {
        ...generator,
        trainer: 'real',
        variant: 'holdout',
        seed: 0,
      }),
      ...named(siteFigures(synthetic, scored, new Set()), generator),
    ],
    training: [],
    failures: [],
  };
  return { results, findings, failedEnds: failed };
}

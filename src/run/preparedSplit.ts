import { readCohort } from '../cohort/readCohort.js';
import { splitCohort } from '../cohort/split.js';
import { firstSteps } from '../cohort/firstSteps.js';
import { subsamplePatients } from '../cohort/subsample.js';
import type { CohortSplit } from '../cohort/types.js';
import { requireLabel, requireUsable } from '../cohort/validate.js';
import { resolveDataset } from '../datasets/resolveDataset.js';
import { canonicalJson } from '../suite/contentKey.js';
import type { PreparedDataset } from './plan.js';

/** One split per worker is kept, since neighbouring jobs share it. */
let kept: { readonly name: string; readonly split: Promise<CohortSplit> } | undefined;

/** Loads, cuts and splits a dataset as the suite says; the same patients in every job and every worker. */
export function preparedSplit(dataset: PreparedDataset): Promise<CohortSplit> {
  const name = canonicalJson(dataset);
  if (kept?.name === name) return kept.split;
  const split = load(dataset);
  kept = { name, split };
  // What kept it from being read may be over when the next job asks.
  split.catch(() => {
    if (kept?.split === split) kept = undefined;
  });
  return split;
}

/** Gives the memory of the split that was prepared last back; this thread needs it no more. */
export function releaseSplit(): void {
  kept = undefined;
}

async function load(dataset: PreparedDataset): Promise<CohortSplit> {
  const { source, split } = dataset;
  let cohort =
    'id' in source
      ? await (await resolveDataset(source.id, source.parameters)).load()
      : await readCohort(source.path);
  if (dataset.steps !== null) cohort = firstSteps(cohort, dataset.steps);
  if (dataset.patientsPerHospital !== null)
    cohort = subsamplePatients(cohort, dataset.patientsPerHospital, split.seed);
  requireUsable(cohort, dataset.name);
  if (dataset.label !== null) requireLabel(cohort, dataset.label, dataset.name);
  return splitCohort(cohort, split, split.seed);
}

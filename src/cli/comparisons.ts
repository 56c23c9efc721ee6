import { InputError } from '../cohort/inputError.js';
import { compareGenerators, compareRows } from '../compare/compareGenerators.js';
import { generatorName, generatorNamed, generatorsOf, type Generator } from '../compare/generator.js';
import type { Duel } from '../compare/groups.js';
import { belongsTo } from '../compare/pairedScores.js';
import { primaryMetricsOf } from '../compare/primary.js';
import { rankGenerators, type Ranking } from '../compare/rankStability.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import { metricDescriptors } from '../metrics/index.js';
import type { Comparison } from '../report/comparisonTable.js';
import type { ComparedRuns, Runs } from './comparedRuns.js';

/** The duels of one run. */
export function withinRun(
  runs: Runs,
  duels: readonly Duel[],
  descriptors: readonly MetricDescriptor[],
): Comparison[] {
  return duels.map(({ candidate, baseline }) => ({
    candidate,
    baseline,
    names: [generatorName(candidate), generatorName(baseline)],
    rows: compareGenerators(runs.rows, candidate, baseline, descriptors, primaryMetricsOf(runs.manifest)),
  }));
}

/** Every generator that both runs have, or the named one after against the named one before. */
export function betweenRuns(
  { before, after }: Extract<ComparedRuns, { kind: 'two' }>,
  named: { readonly candidate?: string; readonly baseline?: string },
  descriptors: readonly MetricDescriptor[],
): Comparison[] {
  const [old, fresh] = [generatorsOf(before.rows), generatorsOf(after.rows)];
  const either = named.candidate ?? named.baseline;
  const duels: Duel[] =
    either === undefined
      ? fresh.flatMap((candidate) =>
          old.some((one) => belongsTo(one, candidate)) ? [{ candidate, baseline: candidate }] : [],
        )
      : [
          {
            candidate: generatorNamed(named.candidate ?? either, fresh, '--candidate'),
            baseline: generatorNamed(named.baseline ?? either, old, '--baseline'),
          },
        ];
  if (duels.length === 0)
    throw new InputError({
      expected: 'a generator that both runs have',
      found: `${old.map(generatorName).join(', ')} and ${fresh.map(generatorName).join(', ')}`,
      remedy: 'Name two with --candidate (second run) and --baseline (first run).',
    });
  return duels.map(({ candidate, baseline }) => ({
    candidate,
    baseline,
    names: [`${generatorName(candidate)} (second run)`, `${generatorName(baseline)} (first run)`],
    rows: compareRows(
      after.rows.filter((row) => belongsTo(row, candidate)),
      before.rows.filter((row) => belongsTo(row, baseline)),
      descriptors,
      primaryMetricsOf(after.manifest),
    ),
  }));
}

/** How the trained generators rank on the wanted metrics, or on the run's primary ones. */
export function rankingsOf(
  runs: Runs,
  trained: readonly Generator[],
  wanted: readonly MetricDescriptor[] | undefined,
): Ranking[] {
  const primary = primaryMetricsOf(runs.manifest);
  const ranked = wanted ?? metricDescriptors.filter(({ id }) => primary.some(({ metric }) => metric === id));
  return runs.manifest.datasets
    .flatMap(({ id }) => ranked.map((descriptor) => rankGenerators(runs.rows, id, descriptor, trained)))
    .filter(({ generators }) => generators.length > 1);
}

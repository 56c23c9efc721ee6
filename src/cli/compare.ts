import { Command, Option } from 'commander';
import type { ComparedMetric } from '../compare/compareGenerators.js';
import { generatorName, generatorNamed, generatorsOf } from '../compare/generator.js';
import { duelsBy } from '../compare/groups.js';
import { WORST_HOSPITAL } from '../compare/pairedScores.js';
import { readPublished, replicationRows } from '../compare/published.js';
import type { Ranking } from '../compare/rankStability.js';
import { metricDescriptors } from '../metrics/index.js';
import { metricNamed } from '../metrics/selection.js';
import {
  comparisonLegend,
  comparisonText,
  rankingText,
  reachOf,
  type Comparison,
  type TableFormat,
} from '../report/comparisonTable.js';
import { replicationText } from '../report/replicationTable.js';
import { referenceIds } from '../report/subjects.js';
import { readCompared } from './comparedRuns.js';
import { betweenRuns, rankingsOf, withinRun } from './comparisons.js';
import { judgedHypotheses } from './hypothesesText.js';
import { outputOf, withOutput, type Output } from './output.js';

interface CompareFlags {
  readonly by?: 'trainer' | 'variant';
  readonly candidate?: string;
  readonly baseline?: string;
  readonly metric?: readonly string[];
  readonly sites: 'pooled' | 'all';
  readonly format: 'table' | 'json' | 'md';
  readonly published?: string;
  readonly hypotheses?: boolean;
  readonly centralized: string;
  readonly endToEnd: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Who is compared when nobody is named. */
const DEFAULTS = { candidate: 'fedehr-gen', baseline: 'fedavg' } as const;

const shownAt = (sites: CompareFlags['sites'], rows: readonly ComparedMetric[]): ComparedMetric[] =>
  rows.filter(({ site }) => sites === 'all' || site === 'pooled' || site === WORST_HOSPITAL);

const documentOf = ({ candidate, baseline, rows }: Comparison): object => ({
  candidate,
  baseline,
  rows: rows.map(({ descriptor, ...row }) => ({ ...row, metric: descriptor.id })),
});

function print(
  output: Output,
  format: TableFormat,
  comparisons: readonly Comparison[],
  rankings: readonly Ranking[],
  notes: readonly string[],
): void {
  output.say(
    [
      ...comparisons.flatMap((one) => [comparisonText(one, format), '']),
      comparisonLegend,
      ...(comparisons.length > 1
        ? [`${comparisons.length} comparisons stand here; the correction does not go over them.`]
        : []),
      ...(notes.length === 0
        ? []
        : ['', 'Also different between the runs:', ...notes.map((one) => `- ${one}`)]),
      '',
      ...rankings.map((one) => rankingText(one, metricNamed(one.metric).descriptor.title, format)),
    ].join('\n'),
  );
  const notReached = comparisons.flatMap(({ rows }) => reachOf(rows));
  output.document({
    ...(comparisons.length === 1
      ? documentOf(comparisons[0]!)
      : { comparisons: comparisons.map(documentOf) }),
    rankings,
    notes: [...new Set([...notReached, ...notes])],
  });
}

/** `fedehr compare`: is one generator better than another, by seeds that both were trained with? */
export function compareCommand(): Command {
  return withOutput(
    new Command('compare')
      .description('Is one generator better than another? Differences paired by seed, with exact tests.')
      .argument(
        '<run...>',
        'a run folder; two of the same data: first against second; several of different data: joined',
      )
      .addOption(
        new Option('--by <what>', 'compare every trainer or every variant with --baseline').choices([
          'trainer',
          'variant',
        ]),
      )
      .option('--candidate <generator>', `trainer or trainer/variant (default: ${DEFAULTS.candidate})`)
      .option(
        '--baseline <generator>',
        `what it is compared with (default: ${DEFAULTS.baseline}; with --by the first of the run)`,
      )
      .option('--metric <id...>', 'only these metrics')
      .addOption(
        new Option('--sites <which>', 'pooled and the worst hospital, or all: every hospital as well')
          .choices(['pooled', 'all'])
          .default('pooled'),
      )
      .addOption(
        new Option('--format <format>', 'json is the same as --json; hypotheses are always Markdown')
          .choices(['table', 'json', 'md'])
          .default('table'),
      )
      .option(
        '--published <file>',
        'beside published values instead, e.g. reports/replication/published.yaml',
      )
      .option('--hypotheses', 'judge H1–H4, the claims of FedEHR-Gen’s abstract, and list all generators')
      .option('--centralized <generator>', 'the upper bound that the hypotheses need', 'centralized')
      .option(
        '--end-to-end <generator>',
        'federated training without stage one, if the run has it',
        'fedavg-e2e',
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr compare runs/eight-seeds --candidate fedehr-gen --baseline fedavg
  fedehr compare runs/aggregation-variants --by variant --baseline fedehr-gen/shared --format md
  fedehr compare runs/before runs/after --metric utility.tstr_auroc --sites all
  fedehr compare runs/physionet2019 runs/eicu-regions --hypotheses
  fedehr compare runs/quick --published reports/replication/published.yaml`,
    )
    .action(async (folders: string[], flags: CompareFlags) => {
      const output = outputOf({ ...flags, json: flags.json === true || flags.format === 'json' });
      const format = flags.format === 'md' ? 'md' : 'table';
      const wanted = flags.metric?.map((id) => metricNamed(id).descriptor);
      const compared = await readCompared(folders);
      const show = (
        comparisons: readonly Comparison[],
        rankings: readonly Ranking[],
        notes: readonly string[],
      ): void =>
        print(
          output,
          format,
          comparisons.map((one) => ({ ...one, rows: shownAt(flags.sites, one.rows) })),
          rankings,
          notes,
        );
      if (compared.kind === 'two') {
        show(betweenRuns(compared, flags, wanted ?? metricDescriptors), [], compared.notes);
        return;
      }
      const { runs } = compared;
      if (flags.published !== undefined) {
        const published = await readPublished(flags.published);
        const rows = replicationRows(published, runs.rows, (id) => metricNamed(id).descriptor);
        output.say(replicationText(rows, format));
        output.document({ published: flags.published, rows });
        return;
      }
      const known = generatorsOf([...runs.rows, ...runs.failures]);
      if (flags.by !== undefined) {
        const references = referenceIds(runs.manifest);
        const trained = known.filter(({ trainer }) => !references.has(trainer));
        const baseline =
          flags.baseline === undefined ? null : generatorNamed(flags.baseline, known, '--baseline');
        const duels = duelsBy(flags.by, trained, baseline);
        show(withinRun(runs, duels, wanted ?? metricDescriptors), rankingsOf(runs, trained, wanted), []);
        return;
      }
      const candidate = generatorNamed(flags.candidate ?? DEFAULTS.candidate, known, '--candidate');
      const baseline = generatorNamed(flags.baseline ?? DEFAULTS.baseline, known, '--baseline');
      if (flags.hypotheses === true) {
        const endToEnd = known.find((one) => [one.trainer, generatorName(one)].includes(flags.endToEnd));
        const { text, document } = judgedHypotheses(runs, {
          candidate,
          fedavg: baseline,
          centralized: generatorNamed(flags.centralized, known, '--centralized'),
          endToEnd: endToEnd ?? null,
        });
        output.say(text);
        output.document(document);
        return;
      }
      show(withinRun(runs, [{ candidate, baseline }], wanted ?? metricDescriptors), [], []);
    });
}

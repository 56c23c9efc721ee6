import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import { compareGenerators } from '../compare/compareGenerators.js';
import { generatorName, generatorNamed, generatorsOf } from '../compare/generator.js';
import { judgeHypotheses, PRIMARY_METRICS, type Cast } from '../compare/hypotheses.js';
import { summariseSeeds } from '../compare/seedSummary.js';
import { metricDescriptors, metricNamed } from '../metrics/index.js';
import { comparisonMarkdown, hypothesesMarkdown, seedSummaryMarkdown } from '../report/comparison.js';
import type { RunResults } from '../run/contract.js';
import { readRun } from '../run/runFolder.js';
import { outputOf, withOutput } from './output.js';

interface CompareFlags {
  readonly candidate: string;
  readonly baseline: string;
  readonly metric?: readonly string[];
  readonly sites: string;
  readonly hypotheses?: boolean;
  readonly centralized: string;
  readonly endToEnd: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

type Runs = Pick<RunResults, 'manifest' | 'rows' | 'training' | 'failures'>;

/** Several runs of different datasets as one; a dataset in two runs would pair scores that are not comparable. */
async function readRuns(folders: readonly string[]): Promise<Runs> {
  const runs = await Promise.all(folders.map(readRun));
  const [first] = runs;
  const seen = new Map<string, string>();
  runs.forEach(({ manifest }, i) => {
    for (const { id } of manifest.datasets) {
      const earlier = seen.get(id);
      if (earlier !== undefined)
        throw new InputError({
          file: folders[i]!,
          place: `dataset ${id}`,
          expected: 'every dataset in one run only',
          found: `it in ${earlier} as well`,
          remedy:
            'Compare generators of one run, or run both in one suite: only the same split can be paired.',
        });
      seen.set(id, folders[i]!);
    }
  });
  return {
    manifest: { ...first!.manifest, datasets: runs.flatMap(({ manifest }) => manifest.datasets) },
    rows: runs.flatMap(({ rows }) => rows),
    training: runs.flatMap(({ training }) => training),
    failures: runs.flatMap(({ failures }) => failures),
  };
}

function printHypotheses(runs: Runs, flags: CompareFlags, cast: Cast): { text: string; document: unknown } {
  const present = new Set(runs.rows.map(({ metric }) => metric));
  const columns = metricDescriptors.filter(
    ({ id, headline }) =>
      present.has(id) && (headline || PRIMARY_METRICS.some(({ metric }) => metric === id)),
  );
  const hypotheses = judgeHypotheses(runs, metricDescriptors, cast);
  const summaries = summariseSeeds(runs, columns);
  return {
    text: [
      'Mean ± standard deviation over seeds, pooled over hospitals (in brackets: worst hospital)',
      '',
      seedSummaryMarkdown(summaries, columns),
      '### Hypotheses',
      '',
      hypothesesMarkdown(hypotheses),
    ].join('\n'),
    document: { candidate: flags.candidate, hypotheses, summaries },
  };
}

/** `fedehr compare`: is one generator better than another, by seeds that both were trained with? */
export function compareCommand(): Command {
  return withOutput(
    new Command('compare')
      .description('Is one generator better than another? Differences paired by seed, with exact tests.')
      .argument('<run...>', 'run folders; several must hold different datasets')
      .option('--candidate <generator>', 'trainer or trainer/variant', 'fedehr-gen')
      .option('--baseline <generator>', 'what it is compared with', 'fedavg')
      .option('--metric <id...>', 'only these metrics')
      .option('--sites <which>', 'pooled, or all: every hospital as well', 'pooled')
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
  fedehr compare runs/quick --candidate fedehr-gen --baseline fedavg
  fedehr compare runs/physionet2019 --metric utility.tstr_auroc --sites all
  fedehr compare runs/physionet2019 runs/eicu-regions --hypotheses`,
    )
    .action(async (folders: string[], flags: CompareFlags) => {
      const output = outputOf(flags);
      if (!['pooled', 'all'].includes(flags.sites))
        throw new InputError({
          place: '--sites',
          expected: 'pooled or all',
          found: `"${flags.sites}"`,
          remedy: didYouMean(flags.sites, ['pooled', 'all']),
        });
      const runs = await readRuns(folders);
      const known = generatorsOf([...runs.rows, ...runs.failures]);
      const candidate = generatorNamed(flags.candidate, known, '--candidate');
      const baseline = generatorNamed(flags.baseline, known, '--baseline');
      if (flags.hypotheses === true) {
        const endToEnd = known.find((one) => [one.trainer, generatorName(one)].includes(flags.endToEnd));
        const { text, document } = printHypotheses(runs, flags, {
          candidate,
          fedavg: baseline,
          centralized: generatorNamed(flags.centralized, known, '--centralized'),
          endToEnd: endToEnd ?? null,
        });
        output.say(text);
        output.document(document);
        return;
      }
      const wanted = flags.metric?.map((id) => metricNamed(id).descriptor);
      const rows = compareGenerators(
        flags.sites === 'pooled' ? runs.rows.filter(({ site }) => site === 'pooled') : runs.rows,
        candidate,
        baseline,
        wanted ?? metricDescriptors,
      );
      output.say(comparisonMarkdown(rows, generatorName(candidate), generatorName(baseline)));
      output.document({
        candidate,
        baseline,
        rows: rows.map(({ descriptor, ...row }) => ({ ...row, metric: descriptor.id })),
      });
    });
}

import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Baseline } from '../check/baseline.js';
import type { CheckedRow } from '../check/checkedRow.js';
import { confirmed, confirmPlan } from '../check/confirm.js';
import { requireSameProtocol } from '../check/sameProtocol.js';
import { InputError } from '../cohort/inputError.js';
import { metricDescriptors } from '../metrics/index.js';
import type { RunResults } from '../run/contract.js';
import { runSuite } from '../run/runSuite.js';
import { readSuite } from '../suite/readSuite.js';
import { suiteSchema, type Suite } from '../suite/schema.js';
import { interruptSignal } from './interrupt.js';
import { parseEngine } from './optionValues.js';
import type { Output } from './output.js';

interface ConfirmOptions {
  /** Run folder; the fresh seeds go to `confirm/` in it. */
  readonly run: string;
  readonly seeds: number;
  readonly suite: string | null;
  readonly store: string | null;
  readonly output: Output;
}

/** The suite of a run as its manifest has it, or from the file where folders have to be found again. */
async function suiteOf(run: RunResults, options: ConfirmOptions): Promise<Suite> {
  if (options.suite !== null) return readSuite(options.suite);
  const parsed = suiteSchema.safeParse(run.manifest.config);
  if (!parsed.success)
    throw new InputError({
      file: options.run,
      expected: 'a run of a suite, which --confirm can train again',
      found: 'scores without one',
      remedy: 'Leave out --confirm.',
    });
  if (parsed.data.datasets.some(({ path }) => path !== undefined))
    throw new InputError({
      file: options.run,
      place: '--confirm',
      expected: '--suite FILE, since the suite names cohort folders relative to itself',
      found: 'none',
      remedy: 'Give the suite file that was run.',
    });
  return parsed.data;
}

/** Trains and scores what regressed again, with fresh seeds, and judges the regressions by them. */
export async function confirmByRunning(
  rows: readonly CheckedRow[],
  run: RunResults,
  baseline: Baseline,
  options: ConfirmOptions,
): Promise<CheckedRow[]> {
  const plan = confirmPlan(rows, run, baseline, options.seeds);
  if (plan === null) return [...rows];
  const { output } = options;
  output.note(
    `${rows.filter(({ verdict }) => verdict === 'regression').length} regressions: running ${plan.generators.join(', ')} again with seeds ${plan.seeds.join(', ')}`,
  );
  const suite = await suiteOf(run, options);
  const fresh = await runSuite(suite, {
    file: options.suite ?? join(options.run, 'manifest.json'),
    engine: parseEngine(run.manifest.engine),
    seeds: plan.seeds,
    only: { trainers: plan.generators, datasets: plan.datasets },
    out: join(options.run, 'confirm'),
    store: options.store ?? join(dirname(options.run), '.store'),
    workers: availableParallelism(),
    hospitalWorkers: 1,
    quiet: output.quiet,
    signal: interruptSignal(),
  });
  requireSameProtocol(fresh, baseline, join(options.run, 'confirm'));
  return confirmed(rows, fresh, baseline, metricDescriptors);
}

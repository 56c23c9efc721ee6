import { Command } from 'commander';
import { parse } from 'yaml';
import { InputError } from '../cohort/inputError.js';
import { outputPath } from '../cohort/outputFolder.js';
import { requireReplaceable } from '../cohort/replaceFolder.js';
import { ProgressBar } from '../run/progressBar.js';
import { trainModel, type TrainingSource } from '../run/trainModel.js';
import { interruptSignal } from './interrupt.js';
import { parseCount, parseEngine, parseSeed } from './optionValues.js';
import { outputOf, withOutput } from './output.js';

interface TrainFlags {
  readonly dataset?: string;
  readonly train?: string;
  readonly suite?: string;
  readonly variant: string;
  readonly label?: string;
  readonly seed: string;
  readonly set: readonly string[];
  readonly engine: string;
  readonly hospitalWorkers: string;
  readonly out: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function sourceOf({ dataset, train, suite, variant }: TrainFlags): TrainingSource {
  if (suite !== undefined && train === undefined)
    return { kind: 'suite', file: suite, variant, ...(dataset === undefined ? {} : { dataset }) };
  if (suite === undefined && train !== undefined && dataset === undefined)
    return { kind: 'cohort', folder: train };
  if (suite === undefined && train === undefined && dataset !== undefined)
    return { kind: 'dataset', id: dataset };
  throw new InputError({
    place: '--dataset, --train, --suite',
    expected: 'exactly one of them (--dataset may choose a dataset of --suite)',
    found: [dataset, train, suite].every((flag) => flag === undefined) ? 'none' : 'several',
    remedy: 'For example --dataset physionet2019, or --train my-cohort/.',
  });
}

/** `tcvae.rounds=5`: dotted path of a parameter, and its value as YAML. */
function parseSetting(text: string): readonly [string, unknown] {
  const [, path, value] = /^([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)=(.+)$/s.exec(text) ?? [];
  try {
    if (path !== undefined && value !== undefined) return [path, parse(value)];
  } catch {
    // Told below like any other malformed setting.
  }
  throw new InputError({
    place: '--set',
    expected: 'PARAMETER=VALUE, e.g. tcvae.rounds=5',
    found: `'${text}'`,
    remedy: 'See `fedehr trainers <id>` for the parameters.',
  });
}

/** `fedehr train`: trains one generator and keeps it as a model folder. */
export function trainCommand(): Command {
  return withOutput(
    new Command('train')
      .description('Train one generator and write it as a model folder, from which `fedehr sample` draws.')
      .argument('<trainer>', 'a generator, see `fedehr trainers`')
      .option('--dataset <id>', 'a shipped dataset: its training part, split as `fedehr run` splits it')
      .option('--train <dir>', 'or a cohort folder: all of its stays')
      .option('--suite <file>', "or a suite file: the trainer's entry there, with its dataset and parameters")
      .option('--variant <name>', 'which entry of the trainer in the suite', 'default')
      .option('--label <name>', 'check that this label occurs in both classes')
      .option('--seed <n>', 'seed of the training', '0')
      .option('--set <parameter=value>', 'a parameter by its dotted path; may be repeated', collected, [])
      .option('--engine <name>', 'onnx, tensorflow or cpu', 'onnx')
      .option('--hospital-workers <n>', 'threads that the hospitals are spread over', '1')
      .requiredOption('--out <dir>', 'model folder to write'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr train fedehr-gen --dataset physionet2019 --label sepsis --seed 0 --out models/sepsis
  fedehr train fedavg --train my-cohort/ --set tcvae.rounds=5 --set autoencoder.latents=16 --out models/mine
  fedehr train fedehr-gen --suite suites/quick.yaml --seed 3 --out models/quick-3`,
    )
    .action(async (trainer: string, flags: TrainFlags) => {
      const output = outputOf(flags);
      const out = outputPath(flags.out, '--out');
      await requireReplaceable(out, 'model.json', '--out');
      const warnings: string[] = [];
      const stages = new Set<string>();
      const bar = new ProgressBar(1, { quiet: output.quiet, stream: process.stderr });
      const { stays, hospitals, ledger } = await trainModel({
        trainer,
        source: sourceOf(flags),
        ...(flags.label === undefined ? {} : { label: flags.label }),
        settings: flags.set.map(parseSetting),
        seed: parseSeed('--seed', flags.seed),
        engine: parseEngine(flags.engine),
        hospitalWorkers: parseCount('--hospital-workers', flags.hospitalWorkers),
        out,
        signal: interruptSignal(),
        emit(event) {
          if (event.kind === 'warning') warnings.push(event.message);
          else if (event.kind === 'round') {
            stages.add(event.stage);
            const done = (stages.size - 1 + event.round / event.rounds) / 2;
            bar.show(Math.min(done, 1), `${event.stage} round ${event.round} of ${event.rounds}`);
          }
        },
      }).finally(() => bar.stop());
      for (const warning of warnings) output.note(`warning: ${warning}`);
      output.say(
        `${trainer} trained on ${stays} stays of ${hospitals.length} hospitals: ${out}\nDraw from it with: fedehr sample ${flags.out} --stays ${stays} --out synthetic/`,
      );
      const { bytesUp, bytesDown, synchronisations, epochs } = ledger;
      output.document({
        out,
        trainer,
        stays,
        hospitals,
        ledger: { bytesUp, bytesDown, synchronisations, epochs },
        warnings,
      });
    });
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { outputPath } from '../cohort/outputFolder.js';
import { requireReplaceable } from '../cohort/replaceFolder.js';
import { ProgressBar } from '../run/progressBar.js';
import { sampleModel, type WantedStays } from '../run/sampleModel.js';
import { interruptSignal } from './interrupt.js';
import { parseCount, parseEngine, parseSeed } from './optionValues.js';
import { outputOf, withOutput } from './output.js';

interface SampleFlags {
  readonly stays?: string;
  readonly hospital?: Readonly<Record<string, number>>;
  readonly seed: string;
  readonly engine: string;
  readonly out: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** One more `ID=STAYS`; the id may itself hold an equals sign. */
function withHospital(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const [, id, stays] = /^(.+)=([^=]*)$/.exec(text) ?? [];
  if (id === undefined || stays === undefined || before[id] !== undefined)
    throw new InputError({
      place: '--hospital',
      expected: 'HOSPITAL=STAYS, every hospital once',
      found: `'${text}'`,
      remedy: 'For example --hospital A=100 --hospital B=50.',
    });
  return { ...before, [id]: parseCount(`--hospital ${id}`, stays) };
}

function wantedOf({ stays, hospital }: SampleFlags): WantedStays {
  if (stays !== undefined && hospital === undefined) return parseCount('--stays', stays);
  if (stays === undefined && hospital !== undefined) return hospital;
  throw new InputError({
    place: '--stays, --hospital',
    expected: 'either --stays (in all) or --hospital (per hospital)',
    found: stays === undefined ? 'neither' : 'both',
    remedy: 'For example --stays 5000, or --hospital A=100 --hospital B=50.',
  });
}

/** `fedehr sample`: draws a synthetic cohort of any size from a model folder. */
export function sampleCommand(): Command {
  return withOutput(
    new Command('sample')
      .description('Draw a synthetic cohort of any size from a model folder.')
      .argument('<model>', 'model folder: of `fedehr train`, or one below models/ in a run folder')
      .option('--stays <n>', 'stays in all, shared out among the hospitals as in training')
      .option('--hospital <id=n>', 'or stays of one hospital; may be repeated', withHospital)
      .option('--seed <n>', 'seed of the draw', '0')
      .option('--engine <name>', 'onnx, tensorflow or cpu', 'onnx')
      .requiredOption('--out <dir>', 'cohort folder to write'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr sample models/sepsis --stays 5000 --seed 1 --out synthetic/
  fedehr sample runs/quick/models/fedehr-gen/default/0 --hospital A=100 --hospital B=50 --out synthetic/`,
    )
    .action(async (model: string, flags: SampleFlags) => {
      const output = outputOf(flags);
      const out = outputPath(flags.out, '--out');
      const wanted = wantedOf(flags);
      const seed = parseSeed('--seed', flags.seed);
      await requireReplaceable(out, 'cohort.json', '--out');
      let bar: ProgressBar | undefined;
      const stays = await sampleModel({
        model,
        wanted,
        seed,
        engine: parseEngine(flags.engine),
        out,
        signal: interruptSignal(),
        onProgress(done, total) {
          bar ??= new ProgressBar(total, { quiet: output.quiet, stream: process.stderr });
          bar.show(done, `${done} of ${total} stays`);
        },
      }).finally(() => bar?.stop());
      const total = Object.values(stays).reduce((sum, n) => sum + n, 0);
      output.say(`${total} synthetic stays of ${Object.keys(stays).length} hospitals: ${out}`);
      output.document({ out, stays: total, hospitals: stays, seed });
    });
}

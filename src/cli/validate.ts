import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { readCohort } from '../cohort/readCohort.js';
import { requireUsable } from '../cohort/validate.js';
import { recordHashes } from '../cohort/writeCohort.js';
import { planSuite } from '../run/planSuite.js';
import { preparedSplit } from '../run/preparedSplit.js';
import { readSuite } from '../suite/readSuite.js';
import { outputOf, withOutput } from './output.js';

interface ValidateFlags {
  readonly fix?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `fedehr validate`: checks a suite file or a cohort folder without doing anything with it. */
export function validateCommand(): Command {
  return withOutput(
    new Command('validate')
      .description(
        'Check a suite file or a cohort folder; exit 2 with file, place and remedy when something is wrong.',
      )
      .argument('<path>', 'suite file or cohort folder')
      .option('--fix', 'fill the checksums of the tables into cohort.json'),
  )
    .addHelpText('after', '\nExamples:\n  fedehr validate suites/quick.yaml\n  fedehr validate my-cohort/')
    .action(async (path: string, flags: ValidateFlags) => {
      const output = outputOf(flags);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) {
        throw new InputError({
          file: path,
          expected: 'a suite file or a cohort folder',
          found: 'nothing there',
          remedy: 'Check the path.',
        });
      }
      if (found.isDirectory()) {
        const cohort = await readCohort(path);
        requireUsable(cohort, path);
        if (flags.fix === true) await recordHashes(path);
        const { features, statics, labels, steps } = cohort.schema;
        output.say(
          `valid cohort: ${cohort.size} stays, ${cohort.hospitals.length} hospitals, ${steps} steps, ${features.length} features, ${statics.length} statics, ${labels.length} labels`,
        );
        output.document({
          valid: true,
          kind: 'cohort',
          stays: cohort.size,
          hospitals: cohort.hospitals.length,
          steps,
          features: features.length,
          statics: statics.length,
          labels: labels.length,
        });
        return;
      }
      const plan = await planSuite(await readSuite(path), { file: path, engine: 'onnx' });
      for (const dataset of plan.datasets) await preparedSplit(dataset);
      const jobs = plan.bounds.length + plan.training.length + plan.scoring.length;
      output.say(`valid suite: ${jobs} jobs on ${plan.datasets.length} datasets`);
      output.document({ valid: true, kind: 'suite', jobs, datasets: plan.datasets.length });
    });
}

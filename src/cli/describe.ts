import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { requireOutputFolder } from '../cohort/outputFolder.js';
import { readCohort } from '../cohort/readCohort.js';
import type { Cohort } from '../cohort/types.js';
import { describeCohort } from '../datasets/describe/describeCohort.js';
import { writeDatasheet } from '../datasets/describe/writeDatasheet.js';
import { resolveDataset } from '../datasets/resolveDataset.js';
import { outputOf, withOutput } from './output.js';

interface DescribeFlags {
  readonly out?: string;
  readonly partition?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A folder wins over a shipped dataset of that name. */
async function cohortOf(dataset: string, partition: string | undefined): Promise<Cohort> {
  const found = await stat(dataset).catch(() => null);
  if (found !== null || /[/\\]/.test(dataset)) return readCohort(dataset);
  return (await resolveDataset(dataset, partition === undefined ? {} : { partition })).load();
}

/** `fedehr datasets describe`: a datasheet of any cohort. */
export function describeCommand(): Command {
  return withOutput(
    new Command('describe')
      .description(
        'Write the datasheet of a cohort: Markdown, one offline page and its figures; small counts withheld.',
      )
      .argument('<dataset>', 'cohort folder, or id of a shipped dataset')
      .option('--out <folder>', 'folder for DATASHEET.md, datasheet.html and figures/', 'datasheet')
      .option('--partition <name>', 'grouping of a shipped dataset into hospitals, e.g. region'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  fedehr datasets describe my-cohort/ --out my-datasheet\n  fedehr datasets describe eicu-demo --partition region --out eicu-regions\n  fedehr datasets describe my-cohort/ --json',
    )
    .action(async (dataset: string, flags: DescribeFlags) => {
      const output = outputOf(flags);
      const folder = flags.out ?? 'datasheet';
      await requireOutputFolder(folder, '--out');
      const description = describeCohort(await cohortOf(dataset, flags.partition));
      const files = await writeDatasheet(description, folder);
      output.say(`Datasheet: ${join(folder, 'datasheet.html')}`);
      output.document({ description, files: files.map((name) => join(folder, name)) });
    });
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { metricDescriptors } from '../metrics/index.js';
import { summaryMarkdown, writeReport } from '../report/index.js';
import { writeAtomically } from '../run/atomicFile.js';
import { readRun } from '../run/runFolder.js';
import { outputOf, withOutput } from './output.js';

interface ReportFlags {
  readonly format: 'html' | 'md';
  readonly open?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function openInBrowser(file: string): void {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [file], { detached: true, stdio: 'ignore' });
  child.on('error', () => process.stderr.write(`no ${command} on this machine; open the file yourself\n`));
  child.unref();
}

/** `fedehr report`: writes the report of a finished run again. */
export function reportCommand(): Command {
  return withOutput(
    new Command('report')
      .description('Write the report of a finished run (again).')
      .argument('<run>', 'run folder, e.g. runs/quick')
      .addOption(
        new Option('--format <format>', 'html: one offline page; md: summary table')
          .choices(['html', 'md'])
          .default('html'),
      )
      .option('--open', 'open the page in the browser'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  fedehr report runs/quick --open\n  fedehr report runs/quick --format md',
    )
    .action(async (folder: string, flags: ReportFlags) => {
      const output = outputOf(flags);
      const results = await readRun(folder);
      if (flags.format === 'md') {
        const file = join(folder, 'report', 'summary.md');
        const text = summaryMarkdown(results, metricDescriptors);
        await writeAtomically(file, text);
        output.say(text);
        output.document({ report: file });
        return;
      }
      const { index, figures } = await writeReport(results, join(folder, 'report'), metricDescriptors);
      output.say(`Report: ${index}`);
      output.document({ report: index, figures });
      if (flags.open === true) openInBrowser(index);
    });
}

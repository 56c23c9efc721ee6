import { Command } from 'commander';
import { z } from 'zod';
import { datasets } from '../datasets/datasets.js';
import { metricDescriptors } from '../metrics/index.js';
import { metricNamed } from '../metrics/selection.js';
import { trainerById, trainers } from '../trainers/index.js';
import { outputOf, withOutput } from './output.js';

interface ListingFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** `fedehr datasets`: the cohorts that ship with the product. */
export function datasetsCommand(): Command {
  return withOutput(new Command('datasets').description('List the shipped datasets.'))
    .addHelpText('after', '\nExample:\n  fedehr datasets --json')
    .action((flags: ListingFlags) => {
      const output = outputOf(flags);
      const shown = datasets.map(
        ({ id, title, description, licence, citation, hospitals, labels, folder }) => ({
          id,
          title,
          description,
          licence,
          citation,
          hospitals,
          labels,
          folder,
        }),
      );
      output.say(
        table(
          shown.map(({ id, title, licence, hospitals }) => [
            id,
            title,
            `${hospitals.length} hospitals`,
            licence,
          ]),
        ),
      );
      output.document(shown);
    });
}

/** `fedehr trainers [id]`: generators and reference generators, and the parameters of one. */
export function trainersCommand(): Command {
  return withOutput(
    new Command('trainers')
      .description('List the trainers, or describe one with its parameters.')
      .argument('[id]', 'e.g. fedehr-gen'),
  )
    .addHelpText('after', '\nExamples:\n  fedehr trainers\n  fedehr trainers fedehr-gen')
    .action((id: string | undefined, flags: ListingFlags) => {
      const output = outputOf(flags);
      if (id === undefined) {
        output.say(table(trainers.map((trainer) => [trainer.id, trainer.kind, trainer.description])));
        output.document(
          trainers.map(({ id: name, kind, title, description, version }) => ({
            id: name,
            kind,
            title,
            description,
            version,
          })),
        );
        return;
      }
      const trainer = trainerById(id);
      const defaults = trainer.parameters.parse(trainer.example ?? {});
      const schema = z.toJSONSchema(trainer.parameters, { io: 'input' });
      output.say(
        `${trainer.title} (${trainer.id}, version ${trainer.version})\n${trainer.description}\n\nParameters and defaults:\n${JSON.stringify(defaults, null, 2)}`,
      );
      output.document({
        id: trainer.id,
        kind: trainer.kind,
        title: trainer.title,
        description: trainer.description,
        version: trainer.version,
        defaults,
        schema,
      });
    });
}

/** `fedehr metrics [id]`: the catalogue of scores, and the full definition of one. */
export function metricsCommand(): Command {
  return withOutput(
    new Command('metrics')
      .description('List the metrics, or define one.')
      .argument('[id]', 'e.g. temporal.acf_gap'),
  )
    .addHelpText('after', '\nExamples:\n  fedehr metrics\n  fedehr metrics privacy.dcr_share')
    .action((id: string | undefined, flags: ListingFlags) => {
      const output = outputOf(flags);
      if (id === undefined) {
        output.say(
          table(
            metricDescriptors.map((metric) => [
              metric.id,
              metric.direction === 'target'
                ? `nearest ${metric.ideal ?? '?'}`
                : `${metric.direction} is better`,
              metric.explanation,
            ]),
          ),
        );
        output.document(metricDescriptors);
        return;
      }
      const { descriptor } = metricNamed(id);
      output.say(
        [
          `${descriptor.title} (${descriptor.id}, version ${descriptor.version})`,
          descriptor.explanation,
          '',
          `Definition   ${descriptor.definition}`,
          `Source       ${descriptor.source}`,
          ...(descriptor.misuse === undefined ? [] : [`Misuse       ${descriptor.misuse}`]),
          `Direction    ${descriptor.direction === 'target' ? `nearest to ${descriptor.ideal ?? '?'} is best` : `${descriptor.direction} is better`}`,
          `Range        ${descriptor.range.map((end) => end ?? '∞').join(' … ')}`,
          `Undefined    ${descriptor.undefinedWhen}`,
          `Needs        ${descriptor.needs.join(', ')}`,
        ].join('\n'),
      );
      output.document(descriptor);
    });
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { outputPath } from '../cohort/outputFolder.js';
import { requireReplaceable } from '../cohort/replaceFolder.js';
import type { Dataset } from '../datasets/dataset.js';
import { datasets } from '../datasets/datasets.js';
import type { IngestAdapter } from '../datasets/ingest/adapter.js';
import { adapterById } from '../datasets/ingest/adapters.js';
import { ingest } from '../datasets/ingest/ingest.js';
import { parseChoice, parseDuration, parseHospitals } from '../datasets/ingest/ingestOptions.js';
import { partitions } from '../datasets/partitions.js';
import { outputOf, withOutput } from './output.js';

interface IngestFlags {
  readonly from: string;
  readonly out: string;
  readonly window?: string;
  readonly step?: string;
  readonly features: string;
  readonly hospitals?: string;
  readonly hospitalBy?: string;
  readonly label?: string;
  readonly adults?: boolean;
  readonly firstStay?: boolean;
  readonly form: string;
  readonly unknownUnits: string;
  readonly mapping?: string;
  readonly memory: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Mortality where the source has it, else every label of a mapping file. */
function defaultLabels({ labels }: IngestAdapter): string[] {
  return labels['mortality'] === undefined ? Object.keys(labels) : ['mortality'];
}

/** A shipped dataset has one form; an option that would change it is an error instead of being passed over. */
function requireFixedForm({ id, hospitalBy }: Dataset, flags: IngestFlags, command: Command): void {
  if (flags.hospitalBy !== undefined && flags.hospitalBy !== hospitalBy)
    throw new InputError({
      place: '--hospital-by',
      expected: `for ${id} only ${hospitalBy}`,
      found: `'${flags.hospitalBy}'`,
      remedy: `${groupedElsewhere(id)} With --hospital-by, eicu, mimic3, mimic4 and meds can be grouped in other ways.`,
    });
  const chosen = command.options
    .filter((option) => !['from', 'out', 'hospitalBy', 'json', 'quiet'].includes(option.attributeName()))
    .find((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  if (chosen === undefined) return;
  throw new InputError({
    place: chosen.long ?? chosen.flags,
    expected: `no further options for ${id}, which ships in one fixed form`,
    found: chosen.flags,
    remedy: 'Leave the option out, or ingest the source itself (eicu, mimic3, mimic4, meds, table).',
  });
}

/** Where a shipped dataset's other groupings are to be had. */
function groupedElsewhere(id: string): string {
  const others = (partitions[id] ?? []).slice(1).map(({ name }) => `"${name}"`);
  return others.length === 0 ? '' : `A suite may choose the partition ${others.join(' or ')}.`;
}

/** `fedehr ingest`: turns a source as its publisher ships it into a cohort folder. */
export function ingestCommand(): Command {
  return withOutput(
    new Command('ingest')
      .description('Turn eICU, MIMIC-III, MIMIC-IV, MEDS or your own tables into a cohort folder.')
      .argument(
        '<dataset>',
        `eicu, mimic3, mimic4, meds or table; or a shipped one to make it anew: ${datasets.map(({ id }) => id).join(', ')}`,
      )
      .requiredOption('--from <dir>', 'folder with the source tables, as unpacked')
      .requiredOption('--out <dir>', 'cohort folder to write')
      .option('--window <time>', 'observation window from ICU admission, e.g. 72h (default: of the features)')
      .option('--step <time>', 'length of a step, e.g. 12h (default: of the features)')
      .option('--features <set>', 'vitals-labs, drugs-labs or a feature file', 'vitals-labs')
      .option('--hospitals <choice>', 'min=N (at least N stays) or ids=A,B')
      .option(
        '--hospital-by <what>',
        'hospital | region | region,beds | unit | dbsource | anchor-years | icu-type, as the source allows',
      )
      .option(
        '--label <names>',
        'mortality, los3, ventilation, sepsis; several with commas (default: mortality)',
      )
      .option('--adults', 'only patients known to be 18 or older')
      .option('--first-stay', 'only the first ICU stay of a hospital stay')
      .option('--form <form>', 'grid, or events (the grid and events.parquet)', 'grid')
      .option('--unknown-units <what>', 'values in a unit without conversion: error | drop', 'error')
      .option('--mapping <file>', 'mapping file; for the dataset table')
      .option('--memory <size>', 'memory that the database may use', '3GB'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr ingest eicu --from eicu-crd-2.0 --out cohorts/eicu --window 24h --step 1h --hospitals min=50
  fedehr ingest eicu --from eicu-crd-2.0 --out cohorts/eicu-drugs --features drugs-labs --label mortality,sepsis
  fedehr ingest mimic4 --from mimiciv-3.1 --out cohorts/mimic4 --window 12h --form events
  fedehr ingest table --from my-data --mapping my-data/mapping.yaml --out cohorts/mine`,
    )
    .action(async (dataset: string, flags: IngestFlags, command: Command) => {
      const output = outputOf(flags);
      const out = outputPath(flags.out, '--out');
      await requireReplaceable(out, 'cohort.json', '--out');
      const rebuilt = datasets.find(({ id }) => id === dataset);
      if (rebuilt !== undefined) {
        requireFixedForm(rebuilt, flags, command);
        const cohort = await rebuilt.ingest(resolve(flags.from), out);
        output.say(`${cohort.size} stays in ${cohort.hospitals.length} hospitals: ${out}`);
        output.document({ out, stays: cohort.size, hospitals: cohort.hospitals.length });
        return;
      }
      const adapter = await adapterById(dataset, flags.mapping);
      const result = await ingest(
        adapter,
        {
          from: resolve(flags.from),
          out,
          ...(flags.window === undefined ? {} : { windowMinutes: parseDuration('--window', flags.window) }),
          ...(flags.step === undefined ? {} : { stepMinutes: parseDuration('--step', flags.step) }),
          features: flags.features,
          hospitals: flags.hospitals === undefined ? { kind: 'all' } : parseHospitals(flags.hospitals),
          ...(flags.hospitalBy === undefined ? {} : { hospitalBy: flags.hospitalBy }),
          labels: flags.label?.split(',').map((name) => name.trim()) ?? defaultLabels(adapter),
          adults: flags.adults === true,
          firstStay: flags.firstStay === true,
          form: parseChoice('--form', flags.form, ['grid', 'events']),
          unknownUnits: parseChoice('--unknown-units', flags.unknownUnits, ['error', 'drop']),
          memory: flags.memory,
          threads: 2,
        },
        (text) => output.note(text),
      );
      const { schema, stays, patients, hospitals } = result;
      for (const { step, remaining } of schema.provenance.attrition ?? [])
        output.say(`${String(remaining).padStart(9)}  ${step}`);
      output.say(
        `${stays} stays of ${patients} patients in ${hospitals} hospitals, ${schema.steps} steps of ${schema.stepHours} h, ${schema.features.length} features: ${out}`,
      );
      output.document({
        out,
        stays,
        patients,
        hospitals,
        steps: schema.steps,
        stepHours: schema.stepHours,
        features: schema.features.length,
        attrition: (schema.provenance.attrition ?? []).map(({ step, remaining }) => ({ step, remaining })),
        notes: result.notes,
      });
    });
}

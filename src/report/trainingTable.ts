import type { RunResults, TrainingRecord } from '../run/contract.js';
import type { RoundEvent } from '../trainers/contract.js';
import { bytesBothWays } from '../trainers/traffic.js';
import { displayName } from './names.js';
import { formatMegabytes, formatShare, formatValue, groupThousands, mean } from './numbers.js';
import { listSubjects } from './subjects.js';
import { textTable } from './textTable.js';

const heading = [
  '',
  'local loss',
  'global loss',
  'moved, round 1',
  'moved, later',
  'MB',
  'synchronisations',
] as const;

/** Mean over seeds of what a training tells; `–` where none tells it. */
function cell(
  records: readonly TrainingRecord[],
  read: (record: TrainingRecord) => number | null | undefined,
  format: (value: number) => string,
): string {
  const value = mean(records.flatMap((record) => read(record) ?? []));
  return value === null ? '–' : format(value);
}

const stageOne = ({ ledger }: TrainingRecord): readonly RoundEvent[] =>
  ledger.rounds.filter(({ stage }) => stage === 'autoencoder');

/** Largest share of neurons that moved in a round after the first. */
function movedLater(rounds: readonly RoundEvent[]): number | undefined {
  const shares = rounds.slice(1).flatMap(({ monitors }) => monitors?.['movedShare'] ?? []);
  return shares.length === 0 ? undefined : Math.max(...shares);
}

function rowOf(label: string, records: readonly TrainingRecord[]): string[] {
  const last = (record: TrainingRecord): RoundEvent | undefined => stageOne(record).at(-1);
  return [
    label,
    cell(records, (record) => last(record)?.loss, formatValue),
    cell(records, (record) => last(record)?.monitors?.['globalLoss'], formatValue),
    cell(records, (record) => stageOne(record)[0]?.monitors?.['movedShare'], formatShare),
    cell(records, (record) => movedLater(stageOne(record)), formatShare),
    cell(records, ({ ledger }) => bytesBothWays(ledger), formatMegabytes),
    cell(records, ({ ledger }) => ledger.synchronisations, groupThousands),
  ];
}

/**
 * What the first stage of every generator came to and what training cost, for a terminal: loss of local training and of the
 * aggregated model in the last round, share of neurons that matching moved in the first round and at most in a later one,
 * megabytes both ways, synchronisations. Means over seeds, one table a dataset; empty without trainings.
 */
export function trainingTable(results: RunResults): string {
  const subjects = listSubjects(results);
  const datasets = [...new Set(results.training.map(({ dataset }) => dataset))];
  return datasets
    .map((dataset) => {
      const rows = subjects.flatMap((subject) => {
        const records = results.training.filter(
          (record) =>
            record.dataset === dataset &&
            record.trainer === subject.trainer &&
            record.variant === subject.variant,
        );
        return records.length === 0 ? [] : [rowOf(subject.label, records)];
      });
      return [
        `Training, first stage${datasets.length > 1 ? ` · ${displayName(dataset)}` : ''}`,
        textTable(heading, [rows]),
      ].join('\n');
    })
    .join('\n\n');
}

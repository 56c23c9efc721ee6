import type { TimeSummary } from '../run/timeSpent.js';
import { textTable } from './textTable.js';

const SHOWN_METRICS = 5;
const seconds = (value: number): string => (value === 0 ? '–' : `${value.toFixed(1)} s`);

/**
 * Where the time of a run went: training, drawing and scoring of every generator, floors and ceilings, the slowest metrics. Jobs run side by
 * side, so that their sum may exceed the time of the run.
 */
export function timeTable({ seconds: whole, bounds, generators, metrics }: TimeSummary): string {
  const severalDatasets = new Set(generators.map(({ dataset }) => dataset)).size > 1;
  const rows = generators.map(({ dataset, trainer, variant, training, sampling, scoring, kept }) => [
    `${trainer}/${variant}${severalDatasets ? ` on ${dataset}` : ''}`,
    seconds(training),
    seconds(sampling),
    seconds(scoring),
    kept === 0 ? '' : `${kept} from the store`,
  ]);
  const slowest = metrics
    .slice(0, SHOWN_METRICS)
    .filter((one) => one.seconds > 0)
    .map((one) => `${one.metric} ${seconds(one.seconds)}`);
  return [
    textTable(
      [`Where ${seconds(whole)} went`, 'training', 'drawing', 'scoring', ''],
      [[['floors and ceilings', '', '', seconds(bounds), ''], ...rows]],
    ),
    ...(slowest.length === 0 ? [] : [`Slowest metrics: ${slowest.join(' · ')}`]),
  ].join('\n');
}

import { comparisonCohort } from '../comparison.js';
import type { Cohort } from '../../cohort/types.js';
import type { MetricInputs, MetricParameters, PresetName, Result } from '../contract.js';
import { undefinedResult } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { eventView, type EventView } from './eventView.js';

/** Published definitions with their flaws, or the catalogue's rule that closes them. */
export type Mode = 'paper' | 'strict';

export const modeOf = (parameters: MetricParameters): Mode =>
  choiceParameter(parameters, 'mode', ['strict', 'paper']);

/** Parameter sets of an event metric that compares with real rows: strict against both, paper against train. */
export function fidelityVariants(
  strict: readonly MetricParameters[],
  paper: readonly MetricParameters[] = strict,
): Partial<Record<PresetName, readonly MetricParameters[]>> {
  return {
    full: strict.flatMap((own) => [
      { mode: 'strict', against: 'holdout', ...own },
      { mode: 'strict', against: 'train', ...own },
    ]),
    ...(paper.length === 0
      ? {}
      : { paper: paper.map((own) => ({ mode: 'paper', against: 'train', ...own })) }),
  };
}

export const withoutEvents =
  'A cohort has no events (cohorts in the grid form alone), or no event of the tables of train.';

/** What two-sided event metrics compare. */
export interface EventSides {
  readonly real: Cohort;
  readonly realView: EventView;
  readonly syntheticView: EventView;
  readonly n: number;
}

/** Real rows (as `against` says) and synthetic ones on the tables of train; a result without a value when a side has no events. */
export function eventSides(inputs: MetricInputs, parameters: MetricParameters): EventSides | Result {
  const real = comparisonCohort(inputs, parameters);
  const n = inputs.synthetic.size + real.size;
  const [realView, syntheticView] = [
    eventView(real, inputs.train),
    eventView(inputs.synthetic, inputs.train),
  ];
  if (realView === null || syntheticView === null) return noEvents(inputs, n);
  if (rowsOf(realView) === 0) return undefinedResult('no-events: the real cohort has no event', n);
  return { real, realView, syntheticView, n };
}

/** The result of every event metric on cohorts of which one has no event form. */
export function noEvents(inputs: MetricInputs, n: number): Result {
  const roles = ['train', 'holdout', 'synthetic'] as const;
  const without = roles.filter((role) => inputs[role].events === undefined);
  return undefinedResult(`no-events: without an event form: ${without.join(', ')}`, n);
}

export const rowsOf = ({ tables }: EventView): number => tables.reduce((sum, { rows }) => sum + rows, 0);

import { firstSteps } from '../../cohort/firstSteps.js';
import { InputError } from '../../cohort/inputError.js';
import { selectStays } from '../../cohort/select.js';
import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { patientSummary } from '../patientSummary.js';
import type { Examples, NoTransfer } from './examples.js';

/** What is predicted of a stay. */
export interface Task {
  /** Part of cache keys. */
  readonly name: string;
  examples(cohort: Cohort): Examples;
}

/** The binary label of this name; stays where it is unknown are left out. An input error for any other label. */
export function labelTask(label: string | null): Task | NoTransfer {
  if (label === null) return { reason: 'no-label: the cohort has no label to predict' };
  return {
    name: `label ${label}`,
    examples: (cohort) => {
      const labels = cohort.schema.labels;
      const column = binaryLabel(cohort.schema, label);
      const at = (row: number): number => row * labels.length + column;
      const rows = allRows(cohort).filter((row) => cohort.labelsObserved[at(row)] === 1);
      const stays = rows.length === cohort.size ? cohort : selectStays(cohort, rows);
      return stayExamples(
        stays,
        Uint8Array.from(rows, (row) => cohort.labels[at(row)]!),
      );
    },
  };
}

/** Name that ingested cohorts give the label "ICU stay of more than 3 days". */
const LONG_STAY_LABEL = 'los3';
const LONG_STAY_HOURS = 72;
/** What tasks about the length of a stay see of it. */
export const HOURS_SEEN = 24;

/** Whole steps within the first 24 hours; 0 when a step is longer. */
export function stepsSeen({ stepHours }: CohortSchema): number {
  return Math.floor(HOURS_SEEN / stepHours);
}

/**
 * Stays longer than 3 days, from the first 24 hours of the stays that last so long: the label `los3` where the cohort has
 * it, otherwise the length on a grid that reaches beyond 3 days.
 */
export function longStayTask(schema: CohortSchema): Task | NoTransfer {
  const seen = stepsSeen(schema);
  if (seen < 1) return { reason: `coarse-grid: a step is longer than ${HOURS_SEEN} hours` };
  const column = schema.labels.findIndex(({ name, kind }) => name === LONG_STAY_LABEL && kind === 'binary');
  if (column < 0 && schema.steps * schema.stepHours <= LONG_STAY_HOURS)
    return {
      reason: `short-grid: the grid ends at ${schema.steps * schema.stepHours} hours and there is no label ${LONG_STAY_LABEL}`,
    };
  const shown = Math.min(seen, schema.steps);
  return {
    name: 'long stay',
    examples: (cohort) => {
      const at = (row: number): number => row * schema.labels.length + column;
      const rows = allRows(cohort).filter(
        (row) => cohort.length[row]! >= shown && (column < 0 || cohort.labelsObserved[at(row)] === 1),
      );
      const outcome = Uint8Array.from(rows, (row) =>
        column >= 0
          ? cohort.labels[at(row)]!
          : cohort.length[row]! * schema.stepHours > LONG_STAY_HOURS
            ? 1
            : 0,
      );
      return stayExamples(firstSteps(selectStays(cohort, rows), shown), outcome);
    },
  };
}

function stayExamples(stays: Cohort, outcome: Uint8Array): Examples {
  return { table: patientSummary(stays), outcome, patients: stays.patients, stays: () => stays };
}

function allRows(cohort: Cohort): number[] {
  return Array.from({ length: cohort.size }, (_, row) => row);
}

function binaryLabel({ labels }: CohortSchema, label: string): number {
  const column = labels.findIndex((variable) => variable.name === label);
  if (column < 0)
    throw new InputError({
      expected: `one of the labels ${labels.map((variable) => variable.name).join(', ')}`,
      found: label,
      remedy: 'Name a label of the cohort.',
    });
  if (labels[column]!.kind !== 'binary')
    throw new InputError({
      expected: 'a binary label',
      found: `${label} of kind ${labels[column]!.kind}`,
      remedy: 'Utility is an AUROC; name a label with values 0 and 1.',
    });
  return column;
}

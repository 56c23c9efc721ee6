import { ladder } from '../generators/index.js';
import { always, tooFew, undefinedFor, type FamilyExpectations, type Row } from '../expectation.js';

/** The ladder climbs cohorts of the grid form: event metrics must say that they have nothing to look at. */
const withoutEvents: Row = {
  ...(Object.fromEntries(ladder.map(({ id }) => [id, undefinedFor('no-events')])) as Row),
  ...tooFew,
};

const ids = [
  'cde',
  'i_cde',
  'item_coverage',
  'null_rate_gap',
  'pcc',
  'i_pcc',
  'correlation_agreement',
  'time_gap',
  'time',
  'event_count',
  'predictive_er',
  'predictive_smape',
  'next_event',
  'utility_auroc',
  'mia_auroc',
  'mia_tpr_at_fpr',
  'mia_median_accuracy',
  'row_copy_excess',
] as const;

/** No generator of the ladder verifies what it draws. */
const notVerified: Row = Object.fromEntries(
  ladder.map(({ id }) => [id, undefinedFor('not-verified')]),
) as Row;

export const eventExpectations: FamilyExpectations = {
  ...Object.fromEntries(ids.map((id) => [`events.${id}`, always(withoutEvents)])),
  'events.acceptance_rate': always(notVerified),
};

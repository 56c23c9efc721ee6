import type { MetricParameters } from '../../metrics/contract.js';
import type { FamilyExpectations, Row } from '../expectation.js';
import { eventExpectations } from './events.js';
import { jointExpectations } from './joint.js';
import { marginalExpectations } from './marginal.js';
import { pairwiseExpectations } from './pairwise.js';
import { privacyExpectations } from './privacy.js';
import { siteExpectations } from './site.js';
import { temporalExpectations } from './temporal.js';
import { utilityExpectations } from './utility.js';

/** Expectations of every metric, by id. */
export const expectations: FamilyExpectations = {
  ...marginalExpectations,
  ...pairwiseExpectations,
  ...temporalExpectations,
  ...jointExpectations,
  ...utilityExpectations,
  ...privacyExpectations,
  ...siteExpectations,
  ...eventExpectations,
};

/** The row of a metric with a parameter set; undefined = nobody has said what it must say. */
export function rowFor(metric: string, parameters: MetricParameters): Row | undefined {
  const fits = (when: MetricParameters): boolean =>
    Object.entries(when).every(([name, value]) => parameters[name] === value);
  return expectations[metric]?.find(({ when }) => fits(when))?.row;
}

import { additiveGap } from '../additiveGap.js';
import { codeSpace } from '../codeSpace.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { numberParameter } from '../parameters.js';
import { CODES, codeTransitions, MOST_CODES } from './codeTransitions.js';

/** Fewest visits of a code (with a next step) in the real cohort for its transitions to be compared. */
const MIN_VISITS = 30;

const descriptor: MetricDescriptor = {
  id: 'temporal.code_transition',
  version: 1,
  family: 'temporal',
  title: 'Code-transition gap',
  explanation:
    'How differently one treatment or finding leads to another in the next hour: 0 means the same sequences as in real stays.',
  definition: `Mean over codes a of the mean over codes b of |P_real(b at t + 1 | a at t) − P_synthetic(b at t + 1 | a at t)| over consecutive steps within the length of a stay (${CODES}). A code a that the real cohort has fewer than minVisits (${MIN_VISITS} unless given) times before a next step is left out; one that the synthetic cohort never has there counts 1. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1]. Cohorts with more than ${MOST_CODES} codes are skipped.`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No code occurs often enough before a next step in the real cohort.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const codeTransition = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const minVisits = Math.max(1, numberParameter(parameters, 'minVisits', MIN_VISITS));
  const space = codeSpace(inputs.holdout.schema);
  const codes = space.size;
  if (codes > MOST_CODES)
    return { state: 'skipped', reason: `too-many-codes: ${codes}, at most ${MOST_CODES}`, n: 0 };
  const perCode = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: codes }, (_, a) => {
      const [visits, visitsOfReal] = [synthetic[1 + a]!, real[1 + a]!];
      if (visitsOfReal < minVisits) return null;
      if (visits === 0) return 1;
      let sum = 0;
      for (let at = 1 + codes * (1 + a); at < 1 + codes * (2 + a); at++)
        sum += Math.abs(synthetic[at]! / visits - real[at]! / visitsOfReal);
      return sum / codes;
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    codeTransitions,
    (synthetic, real) => meanOfDefined(perCode(synthetic, real)),
    `no-pair: ${descriptor.undefinedWhen}`,
    (synthetic, real) => ({
      codes: Array.from({ length: codes }, (_, code) => space.nameOf(code)),
      valuesOfCodes: perCode(synthetic, real),
    }),
  );
});

import type { Cohort } from '../../../cohort/types.js';
import { kernelLogDensity, scottFactor } from '../../../stats/kernelDensity.js';
import { principalComponents } from '../../../stats/principalComponents.js';
import { patientSummary } from '../../patientSummary.js';
import { fitDesign } from '../../utility/design.js';
import type { MembershipAttack } from './attack.js';
import { RELEASED_DATA_AND_POPULATION } from './threatModels.js';

/** Dimensions in which densities are estimated. */
const COMPONENTS = 10;

/** A covariance and a density need more points than dimensions. */
const SMALLEST_REFERENCE = 2 * COMPONENTS;

/** Density ratio: members lie where the generator is denser than the population. */
export const domiasAttack: MembershipAttack = {
  name: 'domias',
  threatModel: RELEASED_DATA_AND_POPULATION,
  definition: `log p_S(x) − log p_E(x), each a Gaussian kernel density evaluated in log space by log-sum-exp, without a floor (DOMIAS: van Breugel et al. 2023, whose code adds 1e-30 to densities and so ties what underflows); embedding: the first ${COMPONENTS} principal components of the standardised patient summary (missing = mean), scaled to unit variance, standardisation and components fitted on the reference E, never on members; one bandwidth for both densities by Scott's rule, n_E^(−1/(d + 4))`,
  needsReference: true,
  version: 1,
  score({ synthetic, train, holdout, reference }) {
    if (reference.size < SMALLEST_REFERENCE)
      return {
        reason: `small-reference: fewer than ${SMALLEST_REFERENCE} reference stays do not carry a density in ${COMPONENTS} dimensions`,
      };
    const design = fitDesign(patientSummary(reference));
    if (design.columns === 0)
      return { reason: 'constant-reference: no summary column varies among the reference stays' };
    const standardised = (cohort: Cohort): Float64Array => design.transform(patientSummary(cohort));
    const components = principalComponents(standardised(reference), design.columns, COMPONENTS);
    const embedded = (cohort: Cohort): Float64Array => components.whiten(standardised(cohort));
    const { count } = components;
    const bandwidth = scottFactor(reference.size, count);
    const [ofSynthetic, ofReference] = [embedded(synthetic), embedded(reference)];
    const logRatio = (cohort: Cohort): Float64Array => {
      const points = embedded(cohort);
      const population = kernelLogDensity(points, ofReference, count, bandwidth);
      return kernelLogDensity(points, ofSynthetic, count, bandwidth).map(
        (density, row) => density - population[row]!,
      );
    };
    return { members: logRatio(train), nonMembers: logRatio(holdout) };
  },
};

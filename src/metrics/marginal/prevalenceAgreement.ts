import type { Random } from '../../engine/random.js';
import { definedOrNull } from '../additiveGap.js';
import { identityR2, meanAbsolute, pearson, rootMeanSquare, type Points } from '../agreement.js';
import { cacheName } from '../cohortCache.js';
import { codeSpace } from '../codeSpace.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { pairedGap } from '../pairedGap.js';
import { choiceParameter, shareParameter } from '../parameters.js';
import {
  pointSpace,
  prevalenceCounts,
  prevalencesOf,
  rareCodes,
  PREVALENCE_UNITS,
} from './prevalenceCounts.js';

/** Ways to say how well prevalences agree, in the order of the compared vector. */
const AGREEMENTS = ['r2', 'pearson', 'squaredPearson', 'rmse', 'mae'] as const;

/** What every prevalence metric says about its points. */
export const PREVALENCE_POINTS =
  'p is a share in its cohort, and a point is, by parameter by: step (default) a code at a step of the grid, share of the stays still there for which it is recorded; code, share of all steps of all stays; stay, share of the stays in which it occurs at least once. Parameter below: only codes that occur in train but in a smaller share of its stays. Codes: binary features recorded as 1 and levels of categorical ones; where the schema has neither, whether each feature was observed. Codes that occur in neither cohort are points with p = 0.';

/** Parameter sets beside the default: prevalence by code, and by stay for codes rarer than 1 %. */
export const PREVALENCE_VARIANTS: readonly MetricParameters[] = ['code', 'stay'].flatMap((by) =>
  ['holdout', 'train'].map((against) => ({ against, by })),
);

/** Result of a metric that is one agreement of the prevalences of codes. */
export function prevalenceAgreement(
  descriptor: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  agreement: (typeof AGREEMENTS)[number],
): Result {
  const unit = choiceParameter(parameters, 'by', PREVALENCE_UNITS);
  const below = shareParameter(parameters, 'below', 1);
  const among = parameters['below'] === undefined ? null : rareCodes(inputs.train, below);
  const comparing = `prevalences ${among === null ? '' : `of codes below ${below} in ${cacheName(inputs.train)}`}`;
  return pairedGap(
    descriptor,
    inputs,
    parameters,
    random,
    (_, real) => {
      const codes = codeSpace(real.schema).size;
      const points = pointSpace(real, unit);
      return {
        counting: prevalenceCounts(unit),
        name: comparing,
        compare(synthetic, expected, columns) {
          const found = prevalencesOf(synthetic, expected, columns, codes, points, among);
          return compared({ found: found.synthetic, expected: found.real, absent: found.absent });
        },
        value: AGREEMENTS.indexOf(agreement),
        detail: (numbers) => ({
          ...Object.fromEntries(AGREEMENTS.map((name, k) => [name, definedOrNull(numbers[k]!)])),
          points: numbers[AGREEMENTS.length]!,
        }),
      };
    },
    `no-comparable-prevalence: ${descriptor.undefinedWhen}`,
  );
}

function compared(points: Points): Float64Array {
  const r = pearson(points);
  return Float64Array.of(
    identityR2(points),
    r,
    r * r,
    rootMeanSquare(points),
    meanAbsolute(points),
    points.found.length + points.absent,
  );
}

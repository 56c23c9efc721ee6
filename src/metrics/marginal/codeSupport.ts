import { SMALLEST_CELL } from '../../cohort/suppression.js';
import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { codeSpace } from '../codeSpace.js';
import { comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { pairedGap } from '../pairedGap.js';
import { alignCounts, columnTotals, type SparseCounts } from '../sparseCounts.js';
import { countsOf } from '../pairedReplicates.js';
import { pointSpace, prevalenceCounts } from './prevalenceCounts.js';

/** At most this many codes are named. */
const NAMED = 100;

/** Codes that only the real (`lost`) or only the synthetic cohort (`invented`) has. */
export type OneSided = 'lost' | 'invented';

/** Result of a metric that counts codes of one cohort that the other lacks. */
export function codeSupport(
  descriptor: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  wanted: OneSided,
): Result {
  const real = comparisonCohort(inputs, parameters);
  const points = pointSpace(real, 'stay');
  return pairedGap(
    descriptor,
    inputs,
    parameters,
    random,
    () => ({
      counting: prevalenceCounts('stay'),
      name: 'code support',
      compare(ofSynthetic, ofReal, columns) {
        let [lost, invented, known, made] = [0, 0, 0, 0];
        for (let k = 0; k < columns.length && columns[k]! < points; k++) {
          const [isMade, isKnown] = [ofSynthetic[k]! > 0, ofReal[k]! > 0];
          if (isKnown) known++;
          if (isMade) made++;
          if (isKnown && !isMade) lost++;
          if (isMade && !isKnown) invented++;
        }
        if (known === 0) [lost, invented] = [Number.NaN, Number.NaN];
        return Float64Array.of(lost, invented, known, made);
      },
      value: wanted === 'lost' ? 0 : 1,
      detail: ([lost, invented, known, made]) => ({
        codesInReal: known,
        codesInSynthetic: made,
        share: wanted === 'lost' ? lost! / known! : made! > 0 ? invented! / made! : 0,
        names: namesOf(inputs.synthetic, real, wanted),
      }),
    }),
    `no-code: ${descriptor.undefinedWhen}`,
  );
}

/** The first codes concerned, most frequent first; lost ones only when enough real patients have them. */
function namesOf(synthetic: Cohort, real: Cohort, wanted: OneSided): readonly string[] {
  const counting = prevalenceCounts('stay');
  const { columns, first, second } = alignCounts(countsOf(synthetic, counting), countsOf(real, counting));
  const ofSynthetic = columnTotals(first, null, new Float64Array(columns.length));
  const ofReal = columnTotals(second, null, new Float64Array(columns.length));
  const [has, lacks] = wanted === 'lost' ? [ofReal, ofSynthetic] : [ofSynthetic, ofReal];
  const codes = codeSpace(real.schema);
  const concerned = Array.from(columns.keys()).filter(
    (k) => columns[k]! < codes.size && lacks[k] === 0 && has[k]! > 0,
  );
  const patients = wanted === 'lost' ? patientsWith(second, real.patients, concerned) : null;
  return concerned
    .filter((k) => patients === null || patients.get(k)!.size >= SMALLEST_CELL)
    .sort((a, b) => has[b]! - has[a]! || columns[a]! - columns[b]!)
    .slice(0, NAMED)
    .map((k) => codes.nameOf(columns[k]!));
}

/** Patients behind each of some columns. */
function patientsWith(
  { start, position }: SparseCounts,
  patients: readonly string[],
  columns: readonly number[],
): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map(columns.map((column) => [column, new Set<string>()]));
  patients.forEach((patient, i) => {
    for (let k = start[i]!; k < start[i + 1]!; k++) found.get(position[k]!)?.add(patient);
  });
  return found;
}

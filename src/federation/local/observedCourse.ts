import type { Cohort } from '../../cohort/types.js';
import type { FeatureColumns } from '../preprocessing/channels.js';
import { countDecimals, recordedDecimals } from '../preprocessing/decimals.js';
import type { EncodedStays } from '../preprocessing/encodedStays.js';
import type { QuantileTransform } from '../preprocessing/quantileTransform.js';
import { valueCells } from '../preprocessing/valueCells.js';
import { histogramVariables } from '../preprocessing/variables.js';
import type { ObservedStays } from './observationEpochs.js';

/** Adds to encoded stays what the model that draws observations learns from; all of it stays with the hospital. */
export function observedCourse(
  cohort: Cohort,
  columns: FeatureColumns,
  transforms: readonly (QuantileTransform | null)[],
  encoded: EncodedStays,
  shared: Pick<ObservedStays, 'latents' | 'conditions' | 'positives' | 'weights'>,
): ObservedStays {
  const rows = Array.from({ length: cohort.size }, (_, row) => row);
  const variables = histogramVariables(cohort.schema);
  const decimals = columns.continuous.map((feature) => {
    const variable = variables.find(({ source, index }) => source === 'feature' && index === feature);
    return variable === undefined ? null : recordedDecimals(countDecimals(cohort, variable, rows));
  });
  return {
    ...shared,
    encoded,
    cells: valueCells(cohort, columns, encoded.firstRow, transforms, decimals),
    maskOfValue: columns.binary.map(({ feature }) => columns.discrete.indexOf(feature)),
  };
}

import { correlationBin } from '../pairwise/correlationAgreement.js';
import type { Mode } from './eventSides.js';
import type { ColumnView } from './eventView.js';

/** How far the associations of a table are from the real ones. */
export interface AssociationDifference {
  /** Mean |difference|; null when no pair has a value in the real table. */
  readonly meanGap: number | null;
  /** Share of pairs in the same of the seven bins. */
  readonly sameBin: number | null;
  /** Pairs that the real table leaves undefined, and those that only the synthetic one does. */
  readonly undefinedReal: number;
  readonly undefinedSynthetic: number;
}

/**
 * Paper mode: mean over all cells, the diagonal included. Strict mode: off the diagonal; pairs without a value in the real table
 * are left out, and one without a value in the synthetic table alone counts as the largest difference that it could have.
 */
export function associationDifference(
  real: Float64Array,
  synthetic: Float64Array,
  columns: readonly ColumnView[],
  mode: Mode,
): AssociationDifference {
  const size = columns.length;
  let [sum, same, cells, undefinedReal, undefinedSynthetic] = [0, 0, 0, 0, 0];
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      if (i === j && mode === 'strict') continue;
      const [r, s] = [real[i * size + j]!, synthetic[i * size + j]!];
      if (Number.isNaN(r)) {
        undefinedReal++;
        continue;
      }
      cells++;
      if (Number.isNaN(s)) {
        undefinedSynthetic++;
        const signed = columns[i]!.kind === 'continuous' && columns[j]!.kind === 'continuous';
        sum += signed ? 1 + Math.abs(r) : Math.max(r, 1 - r);
        continue;
      }
      sum += Math.abs(r - s);
      if (correlationBin(r) === correlationBin(s)) same++;
    }
  return {
    meanGap: cells === 0 ? null : sum / cells,
    sameBin: cells === 0 ? null : same / cells,
    undefinedReal,
    undefinedSynthetic,
  };
}

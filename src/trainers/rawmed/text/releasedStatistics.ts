import { LOSS, type EncodedEvents, type TextStatistics } from './encodeEvents.js';

/**
 * What truncation and the vocabulary took, as it may leave the training part: a loss that fewer than `smallestCell` patients have
 * counts as none. The file of a model, a cohort's provenance and a hospital's answer would otherwise say of one patient that a
 * rare word stands in the record.
 *
 * @param start [N + 1] first event of every stay
 * @param patients [N] patient of every stay
 */
export function releasedStatistics(
  { losses, statistics }: Pick<EncodedEvents, 'losses' | 'statistics'>,
  start: Int32Array,
  patients: readonly string[],
  smallestCell: number,
): TextStatistics {
  const shown = (loss: number): boolean => {
    const affected = new Set<string>();
    for (let stay = 0; stay + 1 < start.length; stay++)
      if (losses.subarray(start[stay], start[stay + 1]).some((bits) => (bits & loss) !== 0))
        affected.add(patients[stay]!);
    return affected.size >= smallestCell;
  };
  const [truncated, unknown, empty] = [shown(LOSS.truncated), shown(LOSS.unknown), shown(LOSS.empty)];
  return {
    ...statistics,
    truncatedEvents: truncated ? statistics.truncatedEvents : 0,
    truncatedColumns: truncated ? statistics.truncatedColumns : 0,
    unknownTokens: unknown ? statistics.unknownTokens : 0,
    emptyEvents: empty ? statistics.emptyEvents : 0,
  };
}

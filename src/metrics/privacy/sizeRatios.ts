import { hospitalCounts } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';

/** [hospital] stays of `a` per stay of `b`, which share their list of hospitals; 0 where `b` has none. */
export function sizeRatios(a: Cohort, b: Cohort): readonly number[] {
  const stays = hospitalCounts(a);
  return hospitalCounts(b).map((count, hospital) => (count === 0 ? 0 : stays[hospital]! / count));
}

import { binReleases } from '../../../src/federation/local/releasedStatistics.js';
import { evenGrid, refinedGrid } from '../../../src/federation/preprocessing/histogram.js';
import { histogramVariables } from '../../../src/federation/preprocessing/variables.js';
import { plantedCohort } from '../../trainers/plantedCohort.js';

/** What one hospital releases about its patients' ages on grids that narrow down. */
export function releaseBinsOf(
  ages: readonly number[],
  range: readonly [number, number],
  bins: number,
  passCount: number,
) {
  const cohort = plantedCohort({ north: ages.length });
  ages.forEach((age, stay) => (cohort.statics[2 * stay] = age));
  const variables = histogramVariables(cohort.schema);
  const at = variables.findIndex(({ source }) => source === 'static');
  const release = binReleases(cohort);
  const whole = variables.map((variable) => evenGrid(variable.range, 1, null));
  const ask = (grid: Float64Array): Float64Array =>
    release({ edges: whole.map((edges, v) => (v === at ? grid : edges)) }).bins['north']![at]!;
  const passes = [];
  let edges = evenGrid(range, bins, null);
  for (let pass = 0; pass < passCount; pass++) {
    const counts = ask(edges);
    // Between bins of different height at least one group ends.
    const ends = new Set([...edges].filter((_, b) => counts[b - 1] !== counts[b]));
    passes.push({ edges, counts, ends });
    edges = refinedGrid({ edges, counts }, bins, null);
  }
  return { passes, ask };
}

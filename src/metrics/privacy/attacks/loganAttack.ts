import type { Cohort } from '../../../cohort/types.js';
import { random } from '../../../engine/random.js';
import { stackTables } from '../../../stats/featureTable.js';
import { trainForest, type ForestOptions } from '../../../stats/histogramForest.js';
import { patientSummary } from '../../patientSummary.js';
import type { MembershipAttack } from './attack.js';
import { RELEASED_DATA_AND_POPULATION } from './threatModels.js';

/** Deep trees with small leaves: what gives a member away is what the forest learns by heart about its copies. */
const FOREST: ForestOptions = { trees: 60, minLeaf: 2, maxDepth: 14 };

/** A classifier of synthetic against reference stays, asked about the record. */
export const loganAttack: MembershipAttack = {
  name: 'logan',
  threatModel: RELEASED_DATA_AND_POPULATION,
  definition: `mean leaf share of "synthetic" of a random forest that learns S against E (LOGAN D1: Hayes et al. 2019, without access to the generator), ${FOREST.trees} trees, at most ${FOREST.maxDepth} levels, at least ${FOREST.minLeaf} stays a leaf, √columns tries a split, 64 quantile bins of S ∪ E, on the fixed patient summary; members and non-members are never seen in training`,
  needsReference: true,
  version: 1,
  score({ synthetic, train, holdout, reference }, seed) {
    const table = stackTables(patientSummary(synthetic), patientSummary(reference));
    const outcome = new Uint8Array(table.rows).fill(1, 0, synthetic.size);
    const forest = trainForest(table, outcome, everyRow(table.rows), FOREST, random('logan', seed));
    const scores = (attacked: Cohort): Float64Array =>
      forest.score(patientSummary(attacked), everyRow(attacked.size));
    return { members: scores(train), nonMembers: scores(holdout) };
  },
};

function everyRow(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

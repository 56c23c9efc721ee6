import type { ThreatModel } from '../../contract.js';

const goal = 'membership of a given record in the training set';

/** The attacker holds the record and the released synthetic stays, nothing else. */
export const RELEASED_DATA: ThreatModel = {
  knowledge: 'the attacked record and every released synthetic stay',
  access: 'none to the generator (no box: released data only)',
  goal,
};

/** The attacker also holds fresh patients of the same population. */
export const RELEASED_DATA_AND_POPULATION: ThreatModel = {
  knowledge:
    'the attacked record, every released synthetic stay, and reference patients E of the same hospitals, none of them attacked',
  access: 'none to the generator (no box: released data only)',
  goal,
};

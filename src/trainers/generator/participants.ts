import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import type { EngineName } from '../../engine/contract.js';
import { initialParameters } from '../../engine/parameters.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';
import type { HospitalDoor } from '../../federation/channel.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { openHospital } from '../../federation/hospital.js';
import type { GeneratorParameters } from './parameters.js';

/** One that takes part in the training with rows of its own. */
export interface Participant {
  readonly id: string;
  readonly cohort: Cohort;
}

/** What all participants agreed on, as plain data that another thread can be sent. */
export interface LocalPlan {
  /** All hospitals of the federation, those without training stays included. */
  readonly hospitals: readonly string[];
  readonly parameters: GeneratorParameters;
  /** What the aggregation rule of each stage asks of local training. */
  readonly terms: { readonly autoencoder: LocalTerm; readonly tcvae: LocalTerm };
  readonly engine: EngineName;
  readonly seed: number;
}

/**
 * The rows of every participant; hospitals without training stays take no part.
 *
 * @param mode `hospitals`: one participant per hospital; `pooled`: one that holds all rows (centralized training)
 */
export function participantsOf(train: Cohort, mode: 'hospitals' | 'pooled'): Participant[] {
  const present = train.hospitals.flatMap((id, index) => {
    const rows = rowsOfHospital(train, index);
    return rows.length === 0 ? [] : [{ id, rows }];
  });
  if (mode === 'hospitals') return present.map(({ id, rows }) => ({ id, cohort: selectStays(train, rows) }));
  return [
    {
      id: present.map(({ id }) => id).join('+'),
      cohort: selectStays(
        train,
        present.flatMap(({ rows }) => rows),
      ),
    },
  ];
}

/** Opens the doors of participants that train with these models, in one thread, one after the other. */
export const openParticipants = (
  participants: readonly Participant[],
  { hospitals, parameters, seed }: LocalPlan,
  models: GeneratorModels,
): HospitalDoor[] =>
  participants.map(({ id, cohort }) =>
    openHospital(id, cohort, {
      hospitals,
      models,
      carry: parameters.preprocessing,
      labelScale: parameters.tcvae.labelScale,
      conditionNoise: parameters.preprocessing.conditionNoise,
      seed,
      initialise: initialParameters,
    }),
  );

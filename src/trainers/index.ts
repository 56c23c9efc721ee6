import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import { centralized } from './centralized.js';
import type { Trainer } from './contract.js';
import { external } from './external.js';
import { fedavg } from './fedavg.js';
import { fedavgE2e } from './fedavgE2e.js';
import { fedavgFineTuned } from './fedavgFineTuned.js';
import { fedehrGen } from './fedehrGen.js';
import { fedprox } from './fedprox.js';
import { local } from './local.js';
import { rawmed } from './rawmed.js';
import { rawmedFedavg } from './rawmedFedavg.js';
import { copy } from './references/copyTrainer.js';
import { holdout } from './references/holdoutTrainer.js';
import { independentEvents } from './references/independentEventsTrainer.js';
import { itemBootstrap } from './references/itemBootstrapTrainer.js';
import { marginals } from './references/marginalsTrainer.js';
import { markovEvents } from './references/markovEventsTrainer.js';
import { tokenEvents } from './tokenEvents.js';

/** Every trainer, in the order of reports: generators, then reference generators. A new one is one file and one line here. */
export const trainers: readonly Trainer[] = [
  fedehrGen,
  centralized,
  fedavg,
  fedavgE2e,
  fedprox,
  fedavgFineTuned,
  local,
  external,
  rawmed,
  rawmedFedavg,
  tokenEvents,
  copy,
  holdout,
  marginals,
  independentEvents,
  itemBootstrap,
  markovEvents,
];

/**
 * A trainer by id.
 *
 * @param place where the id stands, e.g. `trainers[0].id`
 * @throws InputError with the likely meaning of an unknown id
 */
export function trainerById(id: string, place?: string): Trainer {
  const trainer = trainers.find((one) => one.id === id);
  if (trainer === undefined)
    throw new InputError({
      ...(place === undefined ? {} : { place }),
      expected: 'a trainer that the product knows',
      found: `"${id}"`,
      remedy: didYouMean(
        id,
        trainers.map((one) => one.id),
      ),
    });
  return trainer;
}

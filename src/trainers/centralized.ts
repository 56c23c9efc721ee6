import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { generatorParameters } from './generator/parameters.js';

/** The upper bound: the same generator trained by one participant that holds all rows, for as many epochs. */
export const centralized: Trainer = {
  id: 'centralized',
  version: 3,
  title: 'Centralized',
  description:
    'The same autoencoder and temporal conditional VAE, trained on the rows of all hospitals together for as many epochs.',
  kind: 'generator',
  parameters: generatorParameters,
  train(context) {
    return trainGenerator(
      {
        id: this.id,
        version: this.version,
        participants: 'pooled',
        parameters: generatorParameters.parse(context.parameters),
        stageOneRule: () => aggregationRules.fedavg(),
        stageTwoRule: aggregationRules.fedavg(),
      },
      context,
    );
  },
};

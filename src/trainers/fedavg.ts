import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { generatorParameters } from './generator/parameters.js';

/** The standard federated baseline: the same generator, both stages averaged by stays (McMahan et al. 2017). */
export const fedavg: Trainer = {
  id: 'fedavg',
  version: 3,
  title: 'FedAvg',
  description:
    'The same autoencoder and temporal conditional VAE, both stages averaged by the number of stays (FedAvg).',
  kind: 'generator',
  parameters: generatorParameters,
  train(context) {
    return trainGenerator(
      {
        id: this.id,
        version: this.version,
        participants: 'hospitals',
        parameters: generatorParameters.parse(context.parameters),
        stageOneRule: () => aggregationRules.fedavg(),
        stageTwoRule: aggregationRules.fedavg(),
      },
      context,
    );
  },
};

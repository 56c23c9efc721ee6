import { aggregationRules } from '../federation/aggregation/index.js';
import { ruleOptions } from '../federation/aggregation/ruleOptions.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { generatorParameters } from './generator/parameters.js';

const parameters = generatorParameters.extend(ruleOptions.fedprox.shape);

/** FedProx as a baseline (Li et al. 2020): FedAvg with a proximal term in the local objective of both stages. */
export const fedprox: Trainer = {
  id: 'fedprox',
  version: 2,
  title: 'FedProx',
  description:
    'The same autoencoder and temporal conditional VAE, both stages averaged by stays, with a proximal term that holds hospitals near the shared model (FedProx).',
  kind: 'generator',
  parameters,
  train(context) {
    const options = parameters.parse(context.parameters);
    return trainGenerator(
      {
        id: this.id,
        version: this.version,
        participants: 'hospitals',
        parameters: options,
        stageOneRule: () => aggregationRules.fedprox({ options }),
        stageTwoRule: aggregationRules.fedprox({ options }),
      },
      context,
    );
  },
};

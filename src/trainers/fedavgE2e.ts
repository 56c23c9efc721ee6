import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { generatorParameters } from './generator/parameters.js';

/**
 * FedAvg without stage one: the temporal conditional VAE reads and draws observations and knows no latent space. Tests the
 * claim that direct federated training collapses or diverges.
 */
export const fedavgE2e: Trainer = {
  id: 'fedavg-e2e',
  version: 1,
  title: 'FedAvg end to end',
  description:
    'The temporal conditional VAE on observations alone, without stage one, averaged by the number of stays (FedAvg).',
  kind: 'generator',
  parameters: generatorParameters,
  train(context) {
    const given = generatorParameters.parse(context.parameters);
    const parameters = {
      ...given,
      tcvae: { ...given.tcvae, output: 'observations', level: 'step', encoder: false } as const,
    };
    return trainGenerator(
      {
        id: this.id,
        version: this.version,
        participants: 'hospitals',
        parameters,
        stageOneRule: () => aggregationRules.fedavg(),
        stageTwoRule: aggregationRules.fedavg(),
      },
      context,
    );
  },
};

import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainLocalGenerators } from './generator/localGenerators.js';
import { generatorParameters } from './generator/parameters.js';

/** The lower bound: every hospital trains the same generator on its own rows alone, for as many epochs. */
export const local: Trainer = {
  id: 'local',
  version: 2,
  title: 'Local only',
  description:
    'The same generator trained in every hospital by itself, preprocessing included; each draws its own hospital, pooled by stays. Nothing is exchanged.',
  kind: 'generator',
  parameters: generatorParameters,
  train(context) {
    return trainLocalGenerators(
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

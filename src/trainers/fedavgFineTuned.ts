import { z } from 'zod';
import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { generatorParameters } from './generator/parameters.js';

const fineTuning = z.strictObject({
  /** Rounds of `tcvae.rounds` that every hospital trains alone at the end, without aggregation. */
  rounds: z.int().min(1).default(5),
  /** Adam's learning rate there, constant. */
  learningRate: z.number().positive().default(1e-3),
});

const parameters = generatorParameters
  .extend({ fineTuning: fineTuning.prefault({}) })
  .superRefine(({ fineTuning: { rounds }, tcvae }, context) => {
    if (rounds >= tcvae.rounds)
      context.addIssue({
        code: 'custom',
        path: ['fineTuning', 'rounds'],
        message: `fewer than the ${tcvae.rounds} of \`tcvae.rounds\`, which they are taken from`,
      });
  });

/** FedAvg, then personalisation: every hospital goes on with stage two alone and is drawn from the TCVAE that it ends with. */
export const fedavgFineTuned: Trainer = {
  id: 'fedavg-ft',
  version: 2,
  title: 'FedAvg, fine-tuned',
  description:
    'FedAvg, whose last rounds of stage two every hospital trains alone; its stays are drawn from its own fine-tuned model. Same number of epochs.',
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
        stageOneRule: () => aggregationRules.fedavg(),
        stageTwoRule: aggregationRules.fedavg(),
        fineTuning: options.fineTuning,
      },
      context,
    );
  },
};

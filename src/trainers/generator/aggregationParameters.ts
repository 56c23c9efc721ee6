import { z } from 'zod';
import {
  latentOptions,
  latentRules,
  plainOptions,
  plainRules,
  refuseForeignOptions,
  withRuleDefaults,
} from './ruleSections.js';

/** Options of `matched-fedma`; Greek names are those of FedMA (Wang et al. 2020), defaults those of its published code. */
const fedma = z.strictObject({
  /** σ²: variance of a hospital's neuron around the global one. Smaller = fewer matches; has to suit the scale of the weights. */
  variance: z.number().positive().default(1),
  /** σ₀²: variance of global neurons around the prior mean. */
  priorVariance: z.number().positive().default(1),
  /** γ: how readily a neuron becomes a new global one instead of being matched. */
  gamma: z.number().positive().default(7),
  /** μ₀ of weights, and of biases. */
  priorMean: z.number().default(0),
  biasPriorMean: z.number().default(0.1),
  /** Epochs on the layers behind it after every matched layer. */
  retrainEpochs: z.int().min(0).max(1000).default(1),
  /** Largest width of a matched layer as a multiple of the configured one. */
  growth: z.number().min(1).max(16).default(2),
  /** Beyond it: `hold` adds no more neurons, `fail` ends the training as failed. */
  beyondGrowth: z.enum(['hold', 'fail']).default('hold'),
  /** `fixed`: as many latents as configured; `grow`: matched as any other layer, and stage two follows. */
  latents: z.enum(['fixed', 'grow']).default('fixed'),
});

/** How `fedehr-gen` aggregates stage one. */
export const matching = z
  .strictObject({
    /** How stage one is aggregated. Rules that match nothing leave every neuron where it is. */
    rule: z
      .enum(['matched-hungarian', 'matched-rebasin', 'matched-otfusion', 'matched-fedma', ...plainRules])
      .default('matched-hungarian'),
    /** `matched-hungarian`: also compare outgoing weights. */
    twoSided: z.boolean().default(false),
    /** `matched-hungarian`: compare directions of weights, not lengths. */
    cosine: z.boolean().default(false),
    /** `encoder`: match up to the latents and average the decoder; `network`: match the decoder's hidden layer, too. */
    scope: z.enum(['encoder', 'network']).default('network'),
    /** `matched-hungarian`: refinement sweeps after the greedy pass; `matched-fedma`: sweeps in which each hospital is matched anew. */
    sweeps: z.int().min(0).max(50).default(5),
    fedma: fedma.prefault({}),
    ...plainOptions,
  })
  .superRefine(refuseForeignOptions)
  .transform(withRuleDefaults);

/** How `fedehr-gen` aggregates stage two. */
export const weighting = z
  .strictObject({
    /** How stage two is aggregated. */
    rule: z.enum([...latentRules, ...plainRules]).default('distribution-aware'),
    ...latentOptions,
    ...plainOptions,
  })
  .superRefine(refuseForeignOptions)
  .transform(withRuleDefaults);

import { z } from 'zod';
import { matching, weighting } from './aggregationParameters.js';

const share = z.number().min(0).max(1);
const width = z.int().min(1).max(4096);
const rounds = z.int().min(1).max(10_000);
const localEpochs = z.int().min(1).max(1000);
const batch = z.int().max(65_536);
const learningRate = z.number().positive();

const autoencoder = z.strictObject({
  /** Rounds of federated training R₁. */
  rounds: rounds.default(8),
  /** Epochs every hospital trains between two aggregations. */
  localEpochs: localEpochs.default(2),
  /** Epochs more that every hospital trains alone before the first aggregation: hospitals that come with a model of their own. */
  localPretraining: z.int().min(0).max(10_000).default(0),
  /**
   * After every aggregation measure the global autoencoder's loss on the hospitals' training rows (monitor `globalLoss`), since
   * the loss of local training hides what averaging costs. Only watches: changes no model, and stands apart in the ledger.
   */
  evaluateGlobal: z.boolean().default(false),
  /** Steps (hours of a stay) per update. */
  batch: batch.min(8).default(512),
  /** Adam's learning rate in the first round; it falls to zero along a cosine over the rounds. */
  learningRate: learningRate.default(2e-3),
  /** Dimension of the latent space. */
  latents: width.default(24),
  /** Units of the hidden layer of encoder and decoder. */
  hidden: width.default(128),
  /** `linear` has a symmetry that no permutation can align; `relu` and `tanh` leave (almost) only permutations. */
  latentActivation: z.enum(['linear', 'relu', 'tanh']).default('linear'),
  /** Standard deviation of the noise on latents while training, in units of their own; makes the latent space smooth. */
  noise: z.number().min(0).max(2).default(0.3),
  /** Weight of the squared latents in the loss. */
  latentPenalty: z.number().min(0).default(0),
});

const preprocessing = z.strictObject({
  /** Bins of the released histograms. */
  bins: z.int().min(8).max(4096).default(1024),
  /** Passes that narrow the grid of the histograms down to where the values are. */
  passes: z.int().min(1).max(6).default(3),
  /** Carry the last observation forward as input and target of the autoencoder. */
  carryForward: z.boolean().default(true),
  /** Weight of a carried value in the reconstruction, against 1 for an observed one. */
  carriedWeight: share.default(0.3),
  /** Quantile bins of every continuous variable in the released histogram of conditions. */
  conditionBins: z.int().min(1).max(50).default(5),
  /**
   * ε of the Laplace noise that every hospital adds to the counts of that histogram (scale 1/ε, never below 0); 0 = no noise.
   * Small cells are merged before. It covers these counts only: which cells there are, the other histograms and the training
   * are not differentially private, and the noise comes from the seed, which a real federation must keep in the hospital.
   */
  conditionNoise: z.number().min(0).max(1000).default(0),
});

const tcvae = z
  .strictObject({
    rounds: rounds.default(18),
    localEpochs: localEpochs.default(2),
    /** Stays per update. */
    batch: batch.min(4).default(32),
    learningRate: learningRate.default(3e-3),
    /**
     * What the decoder draws: `latent` = the next latent, which the frozen autoencoder decodes; `observations` = which features
     * are observed and their values, of which the frozen encoder makes the latent that is read next.
     */
    output: z.enum(['latent', 'observations']).default('observations'),
    /**
     * `step`: a stochastic variable every step, the conditional VRNN; `sequence` (only for `output: latent`): TCVAE-S, one for the whole stay, from which a GRU
     * unrolls its steps.
     */
    level: z.enum(['step', 'sequence']).default('step'),
    /**
     * Prior of the variable of `level: sequence`. `standard` is N(0, I), which ignores the condition and so loses what the label
     * says; `conditional` is a Gaussian that depends on it.
     */
    sequencePrior: z.enum(['conditional', 'standard']).default('conditional'),
    /** Dimension of the stochastic variable. */
    z: width.default(8),
    /**
     * Only for `observations`: also read the aligned latent of every step. Without it there is nothing for stage one to do and
     * it is left out.
     */
    encoder: z.boolean().default(true),
    /** Units of the recurrent state. */
    hidden: width.default(64),
    /** Gaussians in the decoder's mixture, of a whole latent or of every single value. */
    mixture: z.int().min(1).max(64).default(3),
    /** Units of the decoder's hidden layer. */
    decoderUnits: width.default(128),
    /** Units of the layer behind it that the values of `observations` add. */
    valueUnits: width.default(128),
    /** Only for `latent`. `conditional`: the decoder also says how uncertain it is, step by step; `global-variance`: one variance a latent. */
    decoder: z.enum(['conditional', 'global-variance']).default('conditional'),
    /** Only for `latent`: decoder mean = gate × previous latent + increment. */
    gate: z.boolean().default(false),
    /** Weight of the Kullback–Leibler term at the end. */
    beta: z.number().min(0).default(1),
    /** `linear`: that weight grows from 0 once; `cyclical`: once in each of four cycles (Fu et al. 2019). */
    betaSchedule: z.enum(['linear', 'cyclical']).default('linear'),
    /** Share of the rounds, or of every cycle, over which it grows; the same for all hospitals. */
    betaWarmup: share.default(0.2),
    /** Nats that the divergence of a step, or of a stay with `level: sequence`, counts at least. */
    freeBits: z.number().min(0).default(0),
    /** Only for `latent`: noise on the latents while training, as a share of the autoencoder's. */
    latentNoise: z.number().min(0).max(2).default(0.5),
    /** Share of every batch drawn from stays whose first binary label is positive; conditions are drawn as they are when sampling. */
    positiveShare: share.default(0),
    /** Factor on the label's columns of the condition. */
    labelScale: z.number().positive().max(100).default(3),
    /** L2 penalty in the gradient. */
    weightDecay: z.number().min(0).default(3e-4),
    /** Largest norm of a gradient. */
    clipNorm: z.number().positive().default(1),
  })
  .superRefine(({ output, level, encoder }, context) => {
    if (output === 'latent' && !encoder)
      context.addIssue({
        code: 'custom',
        path: ['encoder'],
        message: '`encoder: false` needs `output: observations`: without it there are no latents to draw',
      });
    if (output === 'observations' && level === 'sequence')
      context.addIssue({
        code: 'custom',
        path: ['level'],
        message: '`level: sequence` draws latents: it needs `output: latent`',
      });
  });

const sampling = z.strictObject({
  /** Factors on the standard deviations of the prior and of the decoder's draw. */
  priorTemperature: z.number().min(0).max(2).default(1),
  decoderTemperature: z.number().min(0).max(2).default(1),
  /** Only for `latent`: draw the decoding residual with its measured autocorrelation instead of anew every step. */
  residualMemory: z.boolean().default(true),
  /** Shift mask logits so that observation rates per hospital, hour and feature are those that the hospitals counted. */
  calibrateMasks: z.boolean().default(true),
  /** Map values monotonically so that distributions per hospital and feature are those that the hospitals counted. */
  calibrateValues: z.boolean().default(true),
  /** Synthetic stays per hospital that calibration is measured on. */
  calibrationStays: z.int().min(50).max(100_000).default(2000),
  /** Write values with as many decimals as the hospital records. */
  roundValues: z.boolean().default(true),
});

const alarms = z.strictObject({
  /** A code with fewer than two active units, or latents that vary less than a fifth of the real ones. */
  collapse: z.enum(['warn', 'stop']).default('warn'),
  /** A loss that rises far above its first round. Numbers that are not finite always stop the training. */
  divergence: z.enum(['warn', 'stop']).default('stop'),
});

const shared = {
  /**
   * How the autoencoder starts: `shared` = all hospitals from the same parameters, `independent` = each from its own. The
   * TCVAE always starts shared, since nothing aligns it.
   */
  initialisation: z.enum(['shared', 'independent']).default('shared'),
  preprocessing: preprocessing.prefault({}),
  autoencoder: autoencoder.prefault({}),
  tcvae: tcvae.prefault({}),
  sampling: sampling.prefault({}),
  alarms: alarms.prefault({}),
};

/** Parameters of all trainers of the two-stage generator; unknown keys are errors. */
export const generatorParameters = z.strictObject(shared);

/** What every trainer's parameters have in common; further ones are left out. */
export const samplingParameters = z.object(shared);

/** Those of `fedehr-gen`, with its two aggregation rules. */
export const fedehrGenParameters = z
  .strictObject({
    ...shared,
    matching: matching.prefault({}),
    weighting: weighting.prefault({}),
  })
  .superRefine(({ initialisation, matching: { rule } }, context) => {
    if (initialisation === 'independent' && rule === 'dp-fedavg')
      context.addIssue({
        code: 'custom',
        path: ['matching', 'rule'],
        message:
          'no `dp-fedavg` with `initialisation: independent`: updates are clipped against parameters that all hospitals were sent',
      });
  });

export type GeneratorParameters = z.output<typeof generatorParameters>;

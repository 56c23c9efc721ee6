/** What a size decides. */
interface Preset {
  readonly maxEvents: number | null;
  readonly text: { readonly length: number; readonly vocabulary: number };
  readonly autoencoder: {
    readonly width: number;
    readonly positions: number;
    readonly codes: number;
    readonly decay: number;
    readonly updates: number;
    readonly batch: number;
    readonly learningRate: number;
    readonly warmup: number;
    readonly learningRateDecay: 'constant' | 'cosine';
    readonly validateEvery: number | null;
  };
  readonly transformer: {
    readonly width: number;
    readonly layers: number;
    readonly heads: number;
    readonly hidden: number;
    readonly norm: 'pre' | 'post';
    readonly positions: 'by-event' | 'learned' | 'sinusoidal';
    readonly dropout: number;
    readonly epochs: number;
    readonly batch: number;
    readonly learningRate: number;
    readonly warmup: number;
    readonly learningRateDecay: 'constant' | 'cosine';
  };
  readonly sampling: { readonly topK: number | null; readonly orderedTimes: boolean };
}

/** Learning rate of all sizes but `paper`. */
const warmedUp = { warmup: 0.05, learningRateDecay: 'cosine' } as const;

/** What the event Transformers of all sizes but `paper` have in common. */
const smallTransformer = {
  heads: 4,
  norm: 'pre',
  positions: 'by-event',
  dropout: 0.1,
  ...warmedUp,
} as const;

/**
 * Sizes: `xs` for tests (under a minute on two cores), `s` and `m` for two cores, `paper` as published (a GPU's work). All
 * but `paper` put norms before the branches, learn positions and warm up.
 */
export const presets: Readonly<Record<'xs' | 's' | 'm' | 'paper', Preset>> = {
  xs: {
    maxEvents: 12,
    text: { length: 32, vocabulary: 200 },
    autoencoder: {
      width: 32,
      positions: 4,
      codes: 64,
      decay: 0.8,
      updates: 900,
      batch: 64,
      learningRate: 5e-3,
      validateEvery: 100,
      ...warmedUp,
    },
    transformer: {
      width: 64,
      layers: 2,
      hidden: 256,
      epochs: 50,
      batch: 8,
      learningRate: 3e-3,
      ...smallTransformer,
    },
    sampling: { topK: 8, orderedTimes: true },
  },
  s: {
    maxEvents: null,
    text: { length: 48, vocabulary: 800 },
    autoencoder: {
      width: 64,
      positions: 6,
      codes: 512,
      decay: 0.95,
      updates: 7200,
      batch: 64,
      learningRate: 3e-3,
      validateEvery: 400,
      ...warmedUp,
    },
    transformer: {
      width: 64,
      layers: 4,
      hidden: 256,
      epochs: 30,
      batch: 4,
      learningRate: 2e-3,
      ...smallTransformer,
    },
    sampling: { topK: 64, orderedTimes: true },
  },
  m: {
    maxEvents: null,
    text: { length: 64, vocabulary: 800 },
    autoencoder: {
      width: 96,
      positions: 8,
      codes: 512,
      decay: 0.95,
      updates: 6000,
      batch: 256,
      learningRate: 3e-3,
      validateEvery: 100,
      ...warmedUp,
    },
    transformer: {
      width: 96,
      layers: 4,
      hidden: 384,
      epochs: 40,
      batch: 4,
      learningRate: 1e-3,
      ...smallTransformer,
    },
    sampling: { topK: 64, orderedTimes: true },
  },
  paper: {
    maxEvents: null,
    text: { length: 128, vocabulary: 65_536 },
    autoencoder: {
      width: 256,
      positions: 4,
      codes: 1024,
      decay: 0.8,
      // At most 200 times through the events; early stopping ends it.
      updates: 200_000,
      batch: 4096,
      learningRate: 5e-4,
      warmup: 0,
      learningRateDecay: 'constant',
      validateEvery: null,
    },
    transformer: {
      width: 256,
      layers: 12,
      heads: 4,
      hidden: 1024,
      norm: 'post',
      positions: 'sinusoidal',
      dropout: 0.1,
      epochs: 200,
      batch: 64,
      learningRate: 3e-4,
      warmup: 0,
      learningRateDecay: 'constant',
    },
    sampling: { topK: 250, orderedTimes: false },
  },
};

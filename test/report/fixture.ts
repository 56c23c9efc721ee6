import type {
  CohortProfile,
  Direction,
  Family,
  MetricDescriptor,
  ScoreRow,
} from '../../src/metrics/contract.js';
import type { RunManifest, RunResults, SiteFigures, TrainingRecord } from '../../src/run/contract.js';
import { random, type Random } from '../../src/engine/random.js';

export interface FixtureNames {
  readonly dataset: string;
  readonly hospitals: readonly string[];
  readonly features: readonly string[];
  readonly trainers: readonly string[];
  readonly variant: string;
}

export const plainNames: FixtureNames = {
  dataset: 'physionet2019',
  hospitals: ['A', 'B'],
  features: [
    'HR',
    'O2Sat',
    'Temp',
    'SBP',
    'MAP',
    'Resp',
    'BUN',
    'Creatinine',
    'Glucose',
    'Lactate',
    'WBC',
    'Platelets',
  ],
  trainers: ['fedehr-gen', 'centralized', 'fedavg'],
  variant: 'default',
};

const units = [
  'bpm',
  '%',
  '°C',
  'mmHg',
  'mmHg',
  'breaths/min',
  'mg/dL',
  'mg/dL',
  'mg/dL',
  'mmol/L',
  '10³/µL',
  '10³/µL',
];
const references = ['copy', 'holdout', 'marginals'];
const seeds = [0, 1];

interface Planted {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly direction: Direction;
  readonly ideal: number | null;
  readonly bounds: MetricDescriptor['bounds'];
  readonly headline: boolean;
  /** good end, bad end */
  readonly ends: readonly [number, number];
}

const planted: readonly Planted[] = [
  {
    id: 'marginal.ks',
    title: 'KS',
    family: 'marginal',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.031, 0.41],
  },
  {
    id: 'marginal.wasserstein',
    title: 'Wasserstein',
    family: 'marginal',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: false,
    ends: [0.04, 0.5],
  },
  {
    id: 'marginal.missing_rate',
    title: 'missing rate',
    family: 'marginal',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.006, 0.09],
  },
  {
    id: 'pairwise.correlation_gap',
    title: 'correlation gap',
    family: 'pairwise',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.03, 0.19],
  },
  {
    id: 'temporal.acf_gap',
    title: 'ACF gap',
    family: 'temporal',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.05, 0.55],
  },
  {
    id: 'temporal.mask_transition',
    title: 'mask transition',
    family: 'temporal',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.01, 0.22],
  },
  {
    id: 'joint.discriminator_auroc',
    title: 'discriminator',
    family: 'joint',
    direction: 'target',
    ideal: 0.5,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.51, 0.99],
  },
  {
    id: 'utility.trtr_auroc',
    title: 'TRTR',
    family: 'utility',
    direction: 'higher',
    ideal: null,
    bounds: 'none',
    headline: false,
    ends: [0.74, 0.74],
  },
  {
    id: 'utility.tstr_auroc',
    title: 'TSTR',
    family: 'utility',
    direction: 'higher',
    ideal: null,
    bounds: 'reference-cohorts',
    headline: true,
    ends: [0.74, 0.55],
  },
  {
    id: 'utility.tstr_gap',
    title: 'TSTR gap',
    family: 'utility',
    direction: 'lower',
    ideal: 0,
    bounds: 'reference-cohorts',
    headline: false,
    ends: [0.002, 0.19],
  },
  {
    id: 'privacy.mia_distance_auroc',
    title: 'membership',
    family: 'privacy',
    direction: 'target',
    ideal: 0.5,
    bounds: 'none',
    headline: true,
    ends: [0.5, 0.99],
  },
  {
    id: 'privacy.mia_tpr_at_fpr',
    title: 'TPR at 1 % FPR',
    family: 'privacy',
    direction: 'lower',
    ideal: 0.01,
    bounds: 'none',
    headline: false,
    ends: [0.01, 0.97],
  },
  {
    id: 'privacy.dcr_share',
    title: 'DCR share',
    family: 'privacy',
    direction: 'target',
    ideal: 0.5,
    bounds: 'none',
    headline: true,
    ends: [0.5, 0.99],
  },
  {
    id: 'privacy.duplicate_excess',
    title: 'duplicates',
    family: 'privacy',
    direction: 'lower',
    ideal: 0,
    bounds: 'none',
    headline: true,
    ends: [0, 0.98],
  },
];

export const descriptors: readonly MetricDescriptor[] = planted.map((item) => ({
  id: item.id,
  version: 1,
  family: item.family,
  title: item.title,
  explanation: `How far ${item.title} of synthetic patients is from that of real patients.`,
  definition: `Formula of ${item.title}, with |a − b| < c & d.`,
  source: `Paper of ${item.title} <1999>.`,
  misuse: `A good ${item.title} says nothing about <privacy>.`,
  direction: item.direction,
  ideal: item.ideal,
  range: [0, 1],
  needs: ['train', 'holdout'],
  undefinedWhen: 'no observed value on either side',
  variants: { fast: [{ against: 'holdout' }, { against: 'train' }], full: [{ against: 'holdout' }] },
  headline: item.headline,
  bounds: item.bounds,
}));

/** Position of each generator between the good and the bad end. */
const quality = [0.22, 0.12, 0.35, 1, 0, 1];

/** A run with three trainers, three references, two hospitals and two seeds; some scores have no value. */
export function fixture(names: FixtureNames = plainNames): RunResults {
  const trainers = [...names.trainers, ...references];
  const rows: ScoreRow[] = [];
  const figures: SiteFigures[] = [];
  for (const site of ['pooled', ...names.hospitals]) {
    figures.push(figureOf(names, 'real', 0, site, 0));
    trainers.forEach((trainer, index) => {
      for (const seed of seeds) {
        figures.push(figureOf(names, trainer, seed, site, index + 1));
        for (const item of planted) rows.push(...rowsOf(names, item, trainer, index, seed, site));
      }
    });
  }
  return {
    manifest: manifestOf(names),
    rows,
    figures,
    training: names.trainers.flatMap((trainer, index) =>
      seeds.map((seed) => trainingOf(names, trainer, index, seed)),
    ),
    failures: [
      {
        dataset: names.dataset,
        trainer: names.trainers[2]!,
        variant: 'slow',
        seed: 1,
        reason: 'training stopped: loss of stage tcvae is not finite in round 7',
        input: false,
      },
    ],
  };
}

function rowsOf(
  names: FixtureNames,
  item: Planted,
  trainer: string,
  index: number,
  seed: number,
  site: string,
): ScoreRow[] {
  const draw = random(seed, item.id + trainer, site);
  const siteShift = site === names.hospitals[1] ? 0.12 : 0;
  const leaks = item.family === 'privacy';
  const share = leaks
    ? trainer === 'copy'
      ? 1
      : index === 2
        ? 0.04
        : 0
    : trainer === 'copy'
      ? 0
      : quality[index]! + (index < 3 ? siteShift : 0);
  const [good, bad] = item.ends;
  const noise = 0.01 * (draw.uniform() - 0.5);
  const value = good + share * (bad - good) + noise;
  const half = 0.008 + 0.01 * draw.uniform();
  const failed =
    item.id === 'temporal.mask_transition' && index === 2 && site === names.hospitals[1]
      ? { state: 'undefined' as const, reason: 'the state «observed» is never visited for 3 features' }
      : item.id === 'marginal.wasserstein' && index === 0 && seed === 1
        ? { state: 'timed-out' as const, reason: 'took longer than 60 s' }
        : null;
  const bounded = item.bounds === 'reference-cohorts';
  return (['holdout', 'train'] as const)
    .filter((against) => against === 'holdout' || ['marginal', 'pairwise', 'temporal'].includes(item.family))
    .map((against): ScoreRow => {
      const own = against === 'train' && trainer === 'copy' ? 0 : value;
      return {
        suite: 'quick',
        dataset: names.dataset,
        trainer,
        variant: names.variant,
        seed,
        site,
        metric: item.id,
        metricVersion: 1,
        parameters: { against },
        value: failed === null ? own : null,
        ciLow: failed === null && item.id !== 'privacy.duplicate_excess' ? own - half : null,
        ciHigh: failed === null && item.id !== 'privacy.duplicate_excess' ? own + half : null,
        floor: bounded ? bad : null,
        ceiling: bounded ? good : null,
        direction: item.direction,
        n: site === 'pooled' ? 2880 : 1440,
        state: failed?.state ?? 'ok',
        reason: failed?.reason ?? null,
        seconds: 0.4,
        key: 'sha256:0',
      };
    });
}

function figureOf(
  names: FixtureNames,
  trainer: string,
  seed: number,
  site: string,
  index: number,
): SiteFigures {
  const draw = random(seed, `figure ${trainer}`, site);
  const memory =
    trainer === 'marginals'
      ? 0
      : index === 0 || trainer === 'holdout' || trainer === 'copy'
        ? 1
        : 1 - 0.13 * index;
  const falsePositiveRate = Array.from({ length: 41 }, (_, point) => (point / 40) ** 2);
  return {
    dataset: names.dataset,
    trainer,
    variant: names.variant,
    seed,
    site,
    profile: profileOf(names, draw, memory, site),
    membershipRoc:
      trainer === 'real'
        ? null
        : {
            falsePositiveRate,
            truePositiveRate: falsePositiveRate.map((rate) =>
              trainer === 'copy' ? Math.min(1, rate ** 0.02) : rate ** (index === 3 ? 0.85 : 1),
            ),
          },
  };
}

function profileOf(names: FixtureNames, draw: Random, memory: number, site: string): CohortProfile {
  const levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
  const shift = site === names.hospitals[1] ? 4 : 0;
  return {
    features: names.features,
    units: names.features.map((_, index) => units[index % units.length]!),
    quantileLevels: levels,
    quantiles: names.features.map((_, index) =>
      index === 9
        ? null
        : levels.map(
            (level) => 40 + 6 * index + shift + 55 * level * (0.85 + 0.15 * memory) + 2 * draw.uniform(),
          ),
    ),
    autocorrelation: names.features.map((_, index) =>
      [1, 2, 3, 4, 5].map((lag) =>
        index === 10 && lag > 3 ? null : memory * (0.9 - 0.03 * index) ** lag + 0.03 * (draw.uniform() - 0.5),
      ),
    ),
    correlation: names.features.map((_, row) =>
      names.features.map((_, column) =>
        row === column
          ? 1
          : (row + column) % 11 === 0
            ? null
            : memory * Math.sin(row * 1.7 + column * 1.7) * Math.exp(-Math.abs(row - column) / 4),
      ),
    ),
  };
}

function trainingOf(names: FixtureNames, trainer: string, index: number, seed: number): TrainingRecord {
  const stages = [
    { stage: 'autoencoder', rounds: 20, start: 1 },
    { stage: 'tcvae', rounds: 40, start: 12 },
  ];
  const federated = index !== 1;
  return {
    dataset: names.dataset,
    trainer,
    variant: names.variant,
    seed,
    seconds: 12.5,
    ledger: {
      bytesUp: federated ? 24_500_000 : 0,
      bytesDown: federated ? 24_700_000 : 0,
      synchronisations: federated ? 60 : 0,
      epochs: { autoencoder: 20, tcvae: 40 },
      rounds: stages.flatMap(({ stage, rounds, start }) =>
        Array.from({ length: rounds }, (_, round) => {
          const share = index === 0 ? 0.5 + 0.15 * Math.sin(round / 4) : 0.55;
          return {
            kind: 'round' as const,
            stage,
            round: round + 1,
            rounds,
            loss: start * (0.3 + 0.1 * index + 0.7 * Math.exp(-round / 6)) + 0.02 * seed,
            ...(federated
              ? {
                  weights: { [names.hospitals[0]!]: share, [names.hospitals[1]!]: 1 - share },
                  monitors:
                    index === 0 && stage === 'autoencoder'
                      ? { movedNeurons: 0.4 * Math.exp(-round / 5) }
                      : { gradientNorm: 1.2 },
                }
              : {}),
          };
        }),
      ),
    },
  };
}

function manifestOf(names: FixtureNames): RunManifest {
  return {
    format: 'fedehr-run',
    version: 1,
    suite: 'quick',
    config: {
      name: 'quick',
      datasets: [{ id: names.dataset }],
      trainers: names.trainers.map((id) => ({ id })),
      references,
      split: { train: 0.6, holdout: 0.2, reference: 0.2 },
    },
    seeds,
    engine: 'onnx',
    versions: { 'fedehr-bench': '0.1.0', 'onnxruntime-node': '1.30.0' },
    machine: { platform: 'linux-x64', processor: 'Example CPU', cores: 2 },
    datasets: [
      {
        id: names.dataset,
        title: 'PhysioNet/CinC Challenge 2019, two hospital systems',
        licence: 'CC BY 4.0',
        citation: 'Reyna et al. 2019, https://doi.org/10.13026/v64v-d857',
        counted: 'patients',
        hospitals: names.hospitals.map((id) => ({ id, train: 720, holdout: 240, reference: 240 })),
        patients: { train: 1440, holdout: 480, reference: 480 },
        label: 'sepsis',
        sha256: { 'dynamic.parquet': 'ab'.repeat(32) },
        findings: [],
      },
    ],
  };
}

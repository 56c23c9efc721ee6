/**
 * What other programs may import from `fedehr-bench`: reading and writing cohorts, scoring them, and the contracts of metrics, trainers and
 * aggregation rules. Everything else is internal and may change in any version.
 */

export { InputError, type InputFault } from './cohort/inputError.js';
export { readCohort } from './cohort/readCohort.js';
export { splitCohort, type SplitFractions } from './cohort/split.js';
export type {
  Cohort,
  CohortEvents,
  CohortSchema,
  CohortSplit,
  EventColumn,
  EventFeature,
  EventTable,
  Provenance,
  SuppressedCount,
  Variable,
  VariableKind,
} from './cohort/types.js';
export { requireConsistent, requireLabel, requireUsable } from './cohort/validate.js';
export { writeCohort } from './cohort/writeCohort.js';
export type { Dataset } from './datasets/dataset.js';
export { datasetById, datasets } from './datasets/datasets.js';

export { random, type Random } from './engine/random.js';
export { computeBounds, type Bounds } from './metrics/bounds.js';
export type {
  Direction,
  Family,
  Metric,
  MetricDescriptor,
  MetricInputs,
  MetricParameters,
  PresetName,
  Result,
  Role,
  ScoreRow,
  ThreatModel,
} from './metrics/contract.js';
export {
  defineMetric,
  okResult,
  undefinedResult,
  type CatalogueMetric,
  type Compute,
  type MetricSelection,
  type Sampling,
} from './metrics/defineMetric.js';
export { metricDescriptors } from './metrics/index.js';
export { shadowAttack, type ShadowAttackReport, type ShadowGame } from './metrics/privacy/shadowAttack.js';
export type { ScoringOptions } from './metrics/resultAt.js';
export { scoreCohort, type ScoredSite } from './metrics/scoreCohort.js';
export { metricsOf } from './metrics/selection.js';

export type {
  Aggregated,
  AggregationRound,
  AggregationRule,
  AggregationState,
  HospitalUpdate,
  LatentSummary,
  LocalTerm,
} from './federation/aggregation/contract.js';
export type {
  Ledger,
  RoundEvent,
  TrainContext,
  TrainedGenerator,
  Trainer,
  TrainingEvent,
} from './trainers/contract.js';

import type { MetricDescriptor } from './contract.js';
import type { CatalogueMetric } from './defineMetric.js';
import { cde } from './events/cde.js';
import { columnCorrelation, correlationBins } from './events/columnCorrelation.js';
import { eventCount } from './events/eventCount.js';
import { eventTime } from './events/eventTime.js';
import { iCde } from './events/iCde.js';
import { itemCorrelation } from './events/itemCorrelation.js';
import { itemCoverage } from './events/itemCoverage.js';
import { nextEvent } from './events/nextEvent.js';
import { nullRateGap } from './events/nullRateGap.js';
import { eventMiaAuroc } from './events/miaAuroc.js';
import { eventMiaMedianAccuracy } from './events/miaMedianAccuracy.js';
import { eventMiaTprAtFpr } from './events/miaTprAtFpr.js';
import { predictiveErrorRate, predictiveSmape } from './events/predictiveSimilarity.js';
import { acceptanceRate } from './events/acceptanceRate.js';
import { rowCopyExcess } from './events/rowCopyExcess.js';
import { timeGap } from './events/timeGap.js';
import { utilityAuroc } from './events/utilityAuroc.js';
import { authenticity } from './joint/authenticity.js';
import { discriminativeScore } from './joint/discriminativeScore.js';
import { discriminatorAuroc } from './joint/discriminatorAuroc.js';
import { mmd } from './joint/mmd.js';
import { coverage, density, precision, recall } from './joint/prdc.js';
import { alphaPrecision, betaRecall } from './joint/supports.js';
import { codesInvented } from './marginal/codesInvented.js';
import { codesLost } from './marginal/codesLost.js';
import { eventCountKs } from './marginal/eventCountKs.js';
import { js } from './marginal/js.js';
import { labelPrevalenceGap } from './marginal/labelPrevalenceGap.js';
import { lengthKs } from './marginal/lengthKs.js';
import { observedMeanGap } from './marginal/observedMeanGap.js';
import { observedSdGap } from './marginal/observedSdGap.js';
import { prevalenceMae } from './marginal/prevalenceMae.js';
import { prevalencePearson } from './marginal/prevalencePearson.js';
import { prevalencePearsonSquared } from './marginal/prevalencePearsonSquared.js';
import { prevalenceR2 } from './marginal/prevalenceR2.js';
import { prevalenceRmse } from './marginal/prevalenceRmse.js';
import { staticGap } from './marginal/staticGap.js';
import { staysPerPatientKs } from './marginal/staysPerPatientKs.js';
import { tvd } from './marginal/tvd.js';
import { ks } from './marginal/ks.js';
import { missingRate } from './marginal/missingRate.js';
import { wasserstein } from './marginal/wasserstein.js';
import { associationGap } from './pairwise/associationGap.js';
import { cooccurrenceR2 } from './pairwise/cooccurrenceR2.js';
import { correlationAgreement } from './pairwise/correlationAgreement.js';
import { correlationGap } from './pairwise/correlationGap.js';
import { attributeInference } from './privacy/attributeInference.js';
import { dcrShare } from './privacy/dcrShare.js';
import { dcrQuantile } from './privacy/dcrQuantile.js';
import { duplicateExcess } from './privacy/duplicateExcess.js';
import { epsilonIdentifiability } from './privacy/epsilonIdentifiability.js';
import { miaAdvantage } from './privacy/miaAdvantage.js';
import { miaCalibratedAuroc } from './privacy/miaCalibratedAuroc.js';
import { miaDomiasAuroc } from './privacy/miaDomiasAuroc.js';
import { miaLoganAuroc } from './privacy/miaLoganAuroc.js';
import { miaMedianAccuracy } from './privacy/miaMedianAccuracy.js';
import { miaMonteCarloAuroc } from './privacy/miaMonteCarloAuroc.js';
import { miaDistanceAuroc } from './privacy/miaDistanceAuroc.js';
import { miaTprAtFpr } from './privacy/miaTprAtFpr.js';
import { mirF1 } from './privacy/mirF1.js';
import { nndr } from './privacy/nndr.js';
import { nnaa } from './privacy/nnaa.js';
import { clientInference } from './site/clientInference.js';
import { contributionSkew } from './site/contributionSkew.js';
import { fidelityGap } from './site/fidelityGap.js';
import { worstMembership } from './site/worstMembership.js';
import { acfGap } from './temporal/acfGap.js';
import { codeBigramR2 } from './temporal/codeBigramR2.js';
import { codeTransition } from './temporal/codeTransition.js';
import { crossLagGap } from './temporal/crossLagGap.js';
import { dtwSetDistance } from './temporal/dtwSetDistance.js';
import { eventTimeKs } from './temporal/eventTimeKs.js';
import { gapKs } from './temporal/gapKs.js';
import { incrementKs } from './temporal/incrementKs.js';
import { informativeMissingness } from './temporal/informativeMissingness.js';
import { lagPairMmd } from './temporal/lagPairMmd.js';
import { maskCooccurrence } from './temporal/maskCooccurrence.js';
import { maskTransition } from './temporal/maskTransition.js';
import { predictiveScore } from './temporal/predictiveScore.js';
import { augmentationGain } from './utility/augmentationGain.js';
import { importanceAgreement } from './utility/importanceAgreement.js';
import { leaveOneHospitalOut } from './utility/leaveOneHospitalOut.js';
import { losAuroc } from './utility/losAuroc.js';
import { losMae } from './utility/losMae.js';
import { nextStepAuroc } from './utility/nextStepAuroc.js';
import { nextStepMae } from './utility/nextStepMae.js';
import { subgroupGap } from './utility/subgroupGap.js';
import { measurementGapKs } from './temporal/measurementGapKs.js';
import { missingRateOverTime } from './temporal/missingRateOverTime.js';
import { sequenceStatisticsKs } from './temporal/sequenceStatisticsKs.js';
import { spectralGap } from './temporal/spectralGap.js';
import { trtrAuroc } from './utility/trtrAuroc.js';
import { trtsAuroc } from './utility/trtsAuroc.js';
import { tstrAuprc } from './utility/tstrAuprc.js';
import { tstrAuroc } from './utility/tstrAuroc.js';
import { tstrBrier } from './utility/tstrBrier.js';
import { tstrCalibrationIntercept } from './utility/tstrCalibrationIntercept.js';
import { tstrCalibrationSlope } from './utility/tstrCalibrationSlope.js';
import { tstrGap } from './utility/tstrGap.js';

/** Every metric, in the order of reports. A new metric is one file and one line here. */
export const metrics: readonly CatalogueMetric[] = [
  ks,
  wasserstein,
  tvd,
  js,
  missingRate,
  prevalenceR2,
  prevalencePearson,
  prevalencePearsonSquared,
  prevalenceRmse,
  prevalenceMae,
  codesLost,
  codesInvented,
  observedMeanGap,
  observedSdGap,
  staticGap,
  labelPrevalenceGap,
  lengthKs,
  eventCountKs,
  staysPerPatientKs,
  correlationGap,
  associationGap,
  correlationAgreement,
  cooccurrenceR2,
  acfGap,
  crossLagGap,
  incrementKs,
  maskTransition,
  sequenceStatisticsKs,
  gapKs,
  measurementGapKs,
  eventTimeKs,
  missingRateOverTime,
  maskCooccurrence,
  informativeMissingness,
  codeTransition,
  codeBigramR2,
  lagPairMmd,
  spectralGap,
  dtwSetDistance,
  predictiveScore,
  discriminatorAuroc,
  discriminativeScore,
  mmd,
  precision,
  recall,
  density,
  coverage,
  alphaPrecision,
  betaRecall,
  authenticity,
  trtrAuroc,
  tstrAuroc,
  tstrGap,
  augmentationGain,
  tstrAuprc,
  tstrBrier,
  tstrCalibrationSlope,
  tstrCalibrationIntercept,
  trtsAuroc,
  importanceAgreement,
  subgroupGap,
  losAuroc,
  losMae,
  nextStepAuroc,
  nextStepMae,
  leaveOneHospitalOut,
  miaDistanceAuroc,
  miaCalibratedAuroc,
  miaMonteCarloAuroc,
  miaLoganAuroc,
  miaDomiasAuroc,
  miaTprAtFpr,
  miaAdvantage,
  dcrShare,
  dcrQuantile,
  nndr,
  duplicateExcess,
  nnaa,
  epsilonIdentifiability,
  attributeInference,
  miaMedianAccuracy,
  mirF1,
  fidelityGap,
  worstMembership,
  contributionSkew,
  clientInference,
  cde,
  iCde,
  itemCoverage,
  nullRateGap,
  columnCorrelation,
  itemCorrelation,
  correlationBins,
  timeGap,
  eventTime,
  eventCount,
  predictiveErrorRate,
  predictiveSmape,
  nextEvent,
  utilityAuroc,
  eventMiaAuroc,
  eventMiaTprAtFpr,
  eventMiaMedianAccuracy,
  rowCopyExcess,
  acceptanceRate,
];

/** Descriptors of every metric, in the order of reports. */
export const metricDescriptors: readonly MetricDescriptor[] = metrics.map(({ descriptor }) => descriptor);

import { delong, nullStandardError } from '../../stats/auroc.js';
import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor, PresetName, Result } from '../contract.js';
import { defineMetric, okResult, undefinedResult, type CatalogueMetric } from '../defineMetric.js';
import type { MetricParameters } from '../contract.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { rocDetail } from '../rocGrid.js';
import { attackScores, type MembershipAttack } from './attacks/attack.js';

/** What the AUROC of one attack adds to what all of them have in common. */
export interface AurocOfAttack {
  readonly id: `privacy.mia_${string}_auroc`;
  readonly title: string;
  readonly explanation: string;
  /** Where the attack comes from, as in `MetricDescriptor.source`. */
  readonly source: string;
  readonly misuse?: string;
  readonly headline: boolean;
  readonly variants: Readonly<Partial<Record<PresetName, readonly MetricParameters[]>>>;
  /** What else to know about its bounds and its limits. */
  readonly note?: string;
}

/** Normal quantiles of a two-sided 5 % level and of 80 % power. */
const [CERTAINTY, POWER] = [1.959964, 0.841621];

/** The metric that scores one attack by its AUROC, members against non-members. */
export function membershipAuroc(attack: MembershipAttack, own: AurocOfAttack): CatalogueMetric {
  const { id, title, explanation, source, misuse, headline, variants, note } = own;
  const descriptor: MetricDescriptor = {
    id,
    version: PATIENT_SUMMARY_VERSION + attack.version,
    family: 'privacy',
    title,
    explanation,
    definition: `AUROC of the score ${attack.definition}. Members are training stays, non-members holdout stays, equal numbers at every hospital. Ties count ½. Interval: DeLong, stays of one patient taken together (Obuchowski 1997). Under no leak the standard error is about √((m + n + 1)/(12·m·n)) for m and n patients, kept as nullStandardError beside the smallest AUROC found with 80 % power. ${note === undefined ? '' : `${note} `}Ceiling = fresh real patients as the synthetic cohort, floor = independent marginals.`,
    source,
    ...(misuse === undefined ? {} : { misuse }),
    direction: 'target',
    ideal: 0.5,
    range: [0, 1],
    needs: ['train', 'holdout', 'synthetic'],
    undefinedWhen: `Fewer than two members, non-members or synthetic stays, or stays of one patient only${attack.needsReference ? '; no reference cohort, or one that holds attacked patients' : ''}.`,
    variants,
    threatModel: attack.threatModel,
    headline,
    bounds: 'reference-cohorts',
  };
  return defineMetric(descriptor, 'attack', (cohorts, _, random): Result => {
    const { train, holdout, synthetic } = cohorts;
    const n = train.size + holdout.size + synthetic.size;
    const scores = attackScores(attack, cohorts, bootstrapSeed(random));
    if ('reason' in scores) return undefinedResult(scores.reason, n);
    const patients = { positives: train.patients, negatives: holdout.patients };
    const [m, k] = [new Set(train.patients).size, new Set(holdout.patients).size];
    if (Math.min(m, k) < 2)
      return undefinedResult('one-patient: all members or all non-members are stays of one patient', n);
    const estimate = delong(scores.members, scores.nonMembers, patients);
    const standardError = nullStandardError(m, k);
    return okResult(estimate.value, estimate, n, {
      roc: rocDetail(scores.members, scores.nonMembers),
      members: train.size,
      nonMembers: holdout.size,
      nullStandardError: standardError,
      detectableAuroc: Math.min(1, 0.5 + (CERTAINTY + POWER) * standardError),
    });
  });
}

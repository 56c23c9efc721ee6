import { delong, nullStandardError } from '../../stats/auroc.js';
import { bestThreshold, shareAtLeast } from '../../stats/bestThreshold.js';
import { holm } from '../../stats/holm.js';
import { normalCdf, normalQuantile } from '../../stats/normal.js';
import { positivesAtFpr } from '../../stats/rocCurve.js';
import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { attackScores } from '../privacy/attacks/attack.js';
import { attackOf, attacks } from '../privacy/attacks/index.js';
import { SMALLEST_SITE, staysBySite } from './siteStays.js';

/** Chance of any false alarm over all hospitals. */
const LEVEL = 0.05;
/** A hospital's non-members rarely resolve one in a hundred. */
const FALSE_POSITIVE_RATE = 0.1;

const EVERY_ATTACK = attacks.map(({ name }) => ({ attack: name }));

const descriptor: MetricDescriptor = {
  id: 'site.worst_membership',
  version: PATIENT_SUMMARY_VERSION,
  family: 'site',
  title: 'Membership attack, worst hospital',
  explanation:
    'The same membership attack judged at every hospital by itself: a value near 0.5 says that no hospital’s patients stand out, while a pooled attack can hide one small hospital that leaks.',
  definition: `Largest AUROC over hospitals of the attack that parameter attack names (scores of its pooled form: everything that was released, whatever hospital a synthetic stay names), members against non-members of the hospital in equal numbers. The largest of several is above 0.5 without any leak, so detail says who is caught: one-sided p of every hospital from the Mann–Whitney standard error under no leak, on patients, Holm over hospitals at ${LEVEL}; AUROC, true-positive rate at ${100 * FALSE_POSITIVE_RATE} % false alarms and advantage (threshold maximised on the same scores, so above 0 by chance), small hospitals first. Interval: DeLong at the worst hospital, widened to ${LEVEL}/(number of hospitals) (Bonferroni). Hospitals with fewer than ${SMALLEST_SITE} members or non-members are left out and named. No differential-privacy guarantee is claimed by any value; a curious server also sees weights and moments, which this attack does not use.`,
  source: 'This project, on the published attack that the parameter names.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `No hospital has ${SMALLEST_SITE} members and ${SMALLEST_SITE} non-members of several patients; an attack that needs a reference cohort has none.`,
  variants: { full: [{ attack: 'distance' }], privacy: EVERY_ATTACK },
  pooledOnly: true,
  ceilingFrom: 'reference',
  headline: false,
  bounds: 'reference-cohorts',
};

export const worstMembership = defineMetric(descriptor, 'attack', (cohorts, parameters, random) => {
  const { train, holdout, synthetic } = cohorts;
  const n = train.size + holdout.size + synthetic.size;
  const scores = attackScores(attackOf(parameters), cohorts, bootstrapSeed(random));
  if ('reason' in scores) return undefinedResult(scores.reason, n);
  const { sites, suppressed } = staysBySite(train, holdout);
  const attacked = sites.flatMap(({ id, rowsOfTrain, rowsOfHoldout }) => {
    const members = Float64Array.from(rowsOfTrain, (row) => scores.members[row]!);
    const nonMembers = Float64Array.from(rowsOfHoldout, (row) => scores.nonMembers[row]!);
    const owners = {
      positives: rowsOfTrain.map((row) => train.patients[row]!),
      negatives: rowsOfHoldout.map((row) => holdout.patients[row]!),
    };
    const [m, k] = [new Set(owners.positives).size, new Set(owners.negatives).size];
    if (Math.min(m, k) < 2) return [];
    const estimate = delong(members, nonMembers, owners);
    const threshold = bestThreshold(members, nonMembers);
    return [
      {
        site: id,
        members: members.length,
        auroc: estimate.value,
        standardError: estimate.standardError,
        p: 1 - normalCdf((estimate.value - 0.5) / nullStandardError(m, k)),
        truePositiveRate: positivesAtFpr(members, nonMembers, FALSE_POSITIVE_RATE) / members.length,
        advantage: shareAtLeast(members, threshold) - shareAtLeast(nonMembers, threshold),
      },
    ];
  });
  if (attacked.length === 0) return undefinedResult(`small-sites: ${descriptor.undefinedWhen}`, n);
  const adjusted = holm(attacked.map(({ p }) => p));
  const perSite = attacked.map((site, i) => ({
    ...site,
    adjustedP: adjusted[i]!,
    caught: adjusted[i]! <= LEVEL,
  }));
  const worst = perSite.reduce((most, site) => (site.auroc > most.auroc ? site : most));
  const half = normalQuantile(1 - LEVEL / (2 * perSite.length)) * worst.standardError;
  return okResult(
    worst.auroc,
    { low: Math.max(0, worst.auroc - half), high: Math.min(1, worst.auroc + half) },
    n,
    {
      worst: worst.site,
      caught: perSite.filter(({ caught }) => caught).map(({ site }) => site),
      sites: perSite.sort((a, b) => a.members - b.members || (a.site < b.site ? -1 : 1)),
      falsePositiveRate: FALSE_POSITIVE_RATE,
      suppressed,
    },
  );
});

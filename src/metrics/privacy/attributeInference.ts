import type { Cohort } from '../../cohort/types.js';
import { meanOf } from '../../stats/clusteredMean.js';
import { clusteredProportion } from '../../stats/clusteredProportion.js';
import type { Proportion } from '../../stats/proportionDifference.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION, summaryOwners } from '../patientSummary.js';
import { attackRisk } from './attackRisk.js';
import { guessesOf, type Guesses } from './neighbourGuesses.js';
import { nearestLists } from './nearestNeighbours.js';
import { coordinatesIn, privacySpace } from './nearestStays.js';
import { KEPT_NEIGHBOURS } from './resampledNeighbours.js';
import { sensitiveAttributes } from './sensitiveAttributes.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.attribute_inference',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Attribute inference risk',
  explanation:
    'How much better somebody who knows the rest of a record guesses its sensitive values when the patient was in the training set: 0 is right, 1 means that everything is given away.',
  definition:
    'Risk = (attack − control)/(1 − control), clipped to [0, 1] (unclipped in detail), attack and control = share of right guesses about training stays and about holdout stays by the same attacker (anonymeter: Giomi et al. 2023), equal numbers at every hospital. The attacker guesses a sensitive yes-or-no attribute by the majority of the nearest synthetic stays (parameter neighbours, 1 by default, all equally near ones; a draw goes to the majority among synthetic stays), distance of privacy.mia_distance_auroc on the columns of the patient summary that tell about none of the sensitive attributes. Sensitive: up to 10 binary features (ever 1) and two-valued statics nearest to one half in train; without any, continuous features above the median of train, the most often observed first; never more than half of all variables; named in detail. Stays with an unknown value are left out for that attribute. naive = always guessing the majority among synthetic stays; attackNoBetterThanNaive warns that the attack is too weak to show a risk. F1 of both sides in detail. Interval: Wilson for attack and control at the effective number of stays (patients as clusters), errors combined by squares.',
  source: 'anonymeter (Giomi et al. 2023); choice of attributes: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No attribute has both values in train, no stay has a known one, or the control attack is always right.',
  variants: { full: [{ neighbours: 1 }], privacy: [{ neighbours: 1 }] },
  threatModel: {
    knowledge: 'the record without its sensitive values, and every released synthetic stay',
    access: 'none to the generator (no box: released data only)',
    goal: 'the sensitive values of a given record',
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const attributeInference = defineMetric(descriptor, 'attack', (cohorts, parameters) => {
  const { train, holdout, synthetic } = cohorts;
  const n = train.size + holdout.size + synthetic.size;
  const neighbours = Math.max(1, Math.round(numberParameter(parameters, 'neighbours', 1)));
  const attributes = sensitiveAttributes(train);
  if (attributes.length === 0)
    return undefinedResult('no-sensitive-attribute: no attribute has both values in train', n);
  const space = privacySpace(train);
  const owners = summaryOwners(train.schema);
  const weights = new Float64Array(space.width);
  space.order.forEach((column, place) => {
    const owner = owners[column]!;
    const told = attributes.some(({ of, index }) => owner.of === of && owner.index === index);
    weights[place] = told ? 0 : 1;
  });
  const guess = (targets: Cohort): Guesses => {
    const lists = nearestLists(
      coordinatesIn(train, targets),
      coordinatesIn(train, synthetic),
      false,
      space,
      Math.max(neighbours, KEPT_NEIGHBOURS),
      weights,
    );
    return guessesOf(targets, synthetic, attributes, lists, neighbours);
  };
  const [attack, control] = [guess(train), guess(holdout)];
  if (attack.stays.length === 0 || control.stays.length === 0)
    return undefinedResult('no-known-value: no stay has a known value of a sensitive attribute', n);
  const [ofAttack, ofControl] = [successes(attack, train), successes(control, holdout)];
  const risk = attackRisk(ofAttack, ofControl);
  if (risk === null)
    return undefinedResult('perfect-control: the attack is always right about fresh patients too', n);
  const naive = meanOf(attack.naiveRight);
  return okResult(risk.value, risk.interval, n, {
    sensitive: attributes.map(({ name }) => name),
    attack: ofAttack.share,
    control: ofControl.share,
    naive,
    attackNoBetterThanNaive: ofAttack.share <= naive,
    attackF1: attack.f1,
    controlF1: control.f1,
    unclipped: risk.unclipped,
  });
});

function successes({ stays, right }: Guesses, cohort: Cohort): Proportion {
  return clusteredProportion(
    right,
    stays.map((stay) => cohort.patients[stay]!),
  );
}

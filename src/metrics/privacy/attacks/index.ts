import { choiceParameter } from '../../parameters.js';
import type { MetricParameters } from '../../contract.js';
import type { MembershipAttack } from './attack.js';
import { calibratedAttack } from './calibratedAttack.js';
import { distanceAttack } from './distanceAttack.js';
import { domiasAttack } from './domiasAttack.js';
import { loganAttack } from './loganAttack.js';
import { monteCarloAttack } from './monteCarloAttack.js';

/** Every membership attack that needs no retraining. */
export const attacks: readonly MembershipAttack[] = [
  distanceAttack,
  calibratedAttack,
  monteCarloAttack,
  loganAttack,
  domiasAttack,
];

/** The attack that parameter `attack` names, by default the distance attack; an input error for an unknown one. */
export function attackOf(parameters: MetricParameters): MembershipAttack {
  const name = choiceParameter(parameters, 'attack', [
    distanceAttack.name,
    ...attacks.slice(1).map((attack) => attack.name),
  ]);
  return attacks.find((attack) => attack.name === name)!;
}

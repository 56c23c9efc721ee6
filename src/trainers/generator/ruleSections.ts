import type { z } from 'zod';
import { ruleOptions, type VectorRule } from '../../federation/aggregation/ruleOptions.js';

/** Rules on whole vectors that can close a round of the autoencoder; those of the TCVAE see latents as well. */
export const plainRules = [
  'fedavg',
  'fedprox',
  'scaffold',
  'fednova',
  'coordinate-median',
  'trimmed-mean',
  'dp-fedavg',
] as const satisfies readonly VectorRule[];

export const latentRules = [
  'distribution-aware',
  'feddisco',
  'fedweight',
] as const satisfies readonly VectorRule[];

const { fedprox, feddisco } = ruleOptions;
const trimmed = ruleOptions['trimmed-mean'].shape;
const noisy = ruleOptions['dp-fedavg'].shape;
const aware = ruleOptions['distribution-aware'].shape;

/** Options of the plain rules; a rule's defaults are filled in where the rule is chosen. */
export const plainOptions = {
  mu: fedprox.shape.mu.unwrap().optional(),
  share: trimmed.share.unwrap().optional(),
  clip: noisy.clip.unwrap().optional(),
  noise: noisy.noise.unwrap().optional(),
  delta: noisy.delta.unwrap().optional(),
};

export const latentOptions = {
  lambda: aware.lambda.unwrap().optional(),
  distance: aware.distance.unwrap().optional(),
  covariance: aware.covariance.unwrap().optional(),
  a: feddisco.shape.a.unwrap().optional(),
  b: feddisco.shape.b.unwrap().optional(),
};

const isVectorRule = (rule: string): rule is VectorRule => rule in ruleOptions;
const belongs = (option: string, rule: string): boolean =>
  isVectorRule(rule) && option in ruleOptions[rule].shape;

/** Reports every option in a section that its rule does not have but another one has. */
export function refuseForeignOptions(
  section: Readonly<Record<string, unknown>> & { readonly rule: string },
  context: z.RefinementCtx,
): void {
  for (const [option, value] of Object.entries(section)) {
    const owners = Object.keys(ruleOptions).filter((rule) => belongs(option, rule));
    if (value === undefined || owners.length === 0 || belongs(option, section.rule)) continue;
    context.addIssue({
      code: 'custom',
      path: [option],
      message: `no \`${option}\` with the rule "${section.rule}": it is an option of ${owners.join(', ')}`,
    });
  }
}

/** The section with the defaults of its rule. */
export function withRuleDefaults<S extends { readonly rule: string }>(section: S): S {
  return isVectorRule(section.rule) ? { ...section, ...ruleOptions[section.rule].parse(section) } : section;
}

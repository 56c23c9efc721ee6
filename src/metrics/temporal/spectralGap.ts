import { additiveGap } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { choiceParameter, numberParameter } from '../parameters.js';
import { autocorrelations } from './autocorrelations.js';
import { lagLimit } from './lagLimit.js';

/** Fewest pairs of steps for an autocorrelation, in each cohort. */
const MIN_PAIRS = 30;
/** Largest lag of the spectra, in steps of the grid. */
const MAX_LAG = 24;

const descriptor: MetricDescriptor = {
  id: 'temporal.spectral_gap',
  version: 1,
  family: 'temporal',
  title: 'Spectral gap',
  explanation:
    'How differently the ups and downs of a measurement divide into slow and fast ones: 0 means the same rhythms as in real stays, 1 means none in common.',
  definition: `Mean over features of ½Σ|p_real − p_synthetic|, p = power spectral density of the feature at the frequencies j/(2K) cycles a step, j = 0…K, as shares of its sum. Spectra follow from the masked autocorrelation ρ(k) of temporal.acf_gap (Blackman–Tukey): 1 + 2Σ_k (1 − k/(K + 1)) ρ(k) cos(πjk/K), Bartlett window, negative values set to 0; so missing steps are never closed up or filled. K = the largest lag up to min(maxLag, T − 1) (maxLag ${MAX_LAG} unless given) to which all ρ are defined in both cohorts with at least minPairs (${MIN_PAIRS} unless given) pairs. centring=stay: every value first loses the mean of its stay. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].`,
  source:
    'Blackman–Tukey spectral estimate (Blackman & Tukey 1958) with Bartlett window; masked autocorrelation and the distance: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No feature has an autocorrelation at lag 1 in both cohorts.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const spectralGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const lags = lagLimit(parameters, MAX_LAG, 1, inputs.holdout);
  const minPairs = numberParameter(parameters, 'minPairs', MIN_PAIRS);
  const centring = choiceParameter(parameters, 'centring', ['pooled', 'stay']);
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: real.length / lags }, (_, f) => {
      const [a, b] = [synthetic, real].map((rho) => rho.subarray(f * lags, (f + 1) * lags));
      const undefinedFrom = b!.findIndex((rho, k) => Number.isNaN(rho + a![k]!));
      const used = undefinedFrom === -1 ? lags : undefinedFrom;
      return used === 0 ? null : distance(spectrum(a!.subarray(0, used)), spectrum(b!.subarray(0, used)));
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    autocorrelations(lags, minPairs, centring),
    (synthetic, real) => (lags < 1 ? null : meanOfDefined(perFeature(synthetic, real))),
    `no-spectrum: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(synthetic, real),
      lags,
    }),
  );
});

/** Shares of power at the frequencies 0…K of [ρ(1)…ρ(K)]. */
function spectrum(rho: Float64Array): Float64Array {
  const lags = rho.length;
  const power = new Float64Array(lags + 1);
  let total = 0;
  for (let j = 0; j <= lags; j++) {
    let density = 1;
    for (let k = 1; k <= lags; k++)
      density += 2 * (1 - k / (lags + 1)) * rho[k - 1]! * Math.cos((Math.PI * j * k) / lags);
    power[j] = Math.max(0, density);
    total += power[j]!;
  }
  return power.map((density) => density / total);
}

function distance(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < p.length; j++) sum += Math.abs(p[j]! - q[j]!);
  return Math.min(1, sum / 2);
}

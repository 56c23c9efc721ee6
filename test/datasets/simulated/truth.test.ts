import { describe, expect, it } from 'vitest';

import { rowsOfHospital } from '../../../src/cohort/select.js';
import { logistic } from '../../../src/datasets/simulated/logisticNormal.js';
import { simulate } from '../../../src/datasets/simulated/simulate.js';
import { GroupedSums, sampleCorrelation, sampleMarginal, type Estimate } from './sampleMoments.js';

const simulation = simulate({ hospitals: 4, patients: 40_000, steps: 4, drugs: 5, eta: 0.6 }, 11);
const cohort = simulation.cohort();
const sites = [
  { truth: simulation.truth.pooled, stays: Array.from({ length: cohort.size }, (_, stay) => stay) },
  { truth: simulation.truth.hospitals[1]!, stays: rowsOfHospital(cohort, 1) },
];
const names = cohort.schema.features.map(({ name }) => name);
const at = (name: string): number => names.indexOf(name);

/** Within five Monte-Carlo standard errors: about one false alarm in 10⁵ comparisons, with 39 degrees of freedom. */
function expectNear(sample: Estimate, truth: number, what: string): void {
  const tolerance = 5 * sample.error + 1e-6 * Math.abs(truth) + 1e-12;
  expect(Math.abs(sample.value - truth), `${what}: ${sample.value} against ${truth}`).toBeLessThan(tolerance);
}

describe.each(sites)('truth of $truth.site', ({ truth, stays }) => {
  const rates = truth
    .marginals('recorded')
    .map(({ recorded, mean }, index) => (cohort.schema.features[index]!.kind === 'binary' ? mean : recorded));
  /** A hospital may record a laboratory value or give a drug in one step of a hundred: too few pairs for a standard error. */
  const estimable = (a: number, b: number): boolean => stays.length * rates[a]! * rates[b]! > 800;

  it('has the marginals of a large sample, as recorded', () => {
    for (const [index, marginal] of truth.marginals('recorded').entries()) {
      const quantile = marginal.quantile(0.3);
      const sample = sampleMarginal(cohort, stays, index, quantile);
      expectNear(sample.recorded, marginal.recorded, `${marginal.name} recorded`);
      expectNear(sample.mean, marginal.mean, `${marginal.name} mean`);
      expectNear(sample.sd, marginal.sd, `${marginal.name} sd`);
      expectNear(sample.below, marginal.cdf(quantile), `${marginal.name} share below its quantile`);
      if (cohort.schema.features[index]!.kind === 'continuous')
        expect(marginal.cdf(quantile)).toBeCloseTo(0.3, 8);
    }
  });

  it('is compared on most features', () => {
    expect(rates.filter((_, index) => estimable(index, index)).length / rates.length).toBeGreaterThan(0.6);
  });

  it('has the correlations of a large sample, for every pair of kinds', () => {
    for (let a = 0; a < names.length; a++)
      for (let b = a + 1; b < names.length; b += 2)
        if (estimable(a, b))
          expectNear(
            sampleCorrelation(cohort, stays, a, b, 0),
            truth.correlation(a, b, 'recorded'),
            `${names[a]!} with ${names[b]!}`,
          );
  });

  it('has the auto- and cross-correlations of a large sample at every lag', () => {
    for (let lag = 1; lag < 4; lag++) {
      for (let a = 0; a < names.length; a++)
        if (estimable(a, a))
          expectNear(
            sampleCorrelation(cohort, stays, a, a, lag),
            truth.autocorrelation(a, lag, 'recorded'),
            `${names[a]!} at lag ${lag}`,
          );
      for (const [a, b] of [
        [at('hr'), at('lactate')],
        [at('bun'), at('drug01')],
        [at('ph'), at('wbc')],
      ] as const)
        expectNear(
          sampleCorrelation(cohort, stays, a, b, lag),
          truth.laggedCorrelation(a, b, lag, 'recorded'),
          `${a} ${b} lag ${lag}`,
        );
    }
  });

  it('has the prevalence of death and the AUROC of the log odds of a large sample', () => {
    const deaths = new GroupedSums(2);
    for (const [position, stay] of stays.entries()) deaths.add(position, [1, cohort.labels[stay]!]);
    expectNear(
      deaths.estimate(([n, died]) => died! / n!),
      truth.label.prevalence,
      'deaths',
    );
  });
});

describe('complete basis', () => {
  const whole = simulate(
    { hospitals: 3, patients: 20_000, steps: 3, drugs: 3, eta: 1, completeMeasurements: true },
    4,
  );
  const sample = whole.cohort();
  const all = Array.from({ length: sample.size }, (_, stay) => stay);

  it('equals the recorded basis where nothing is missing, and a large sample', () => {
    const recorded = whole.truth.pooled.marginals('recorded');
    for (const [index, marginal] of whole.truth.pooled.marginals('complete').entries()) {
      expect(recorded[index]!.mean).toBeCloseTo(marginal.mean, 10);
      const found = sampleMarginal(sample, all, index, marginal.quantile(0.9));
      expectNear(found.mean, marginal.mean, `${marginal.name} mean`);
      expectNear(found.sd, marginal.sd, `${marginal.name} sd`);
      expectNear(found.below, marginal.cdf(marginal.quantile(0.9)), `${marginal.name} below`);
    }
    for (const [a, b] of [
      [0, 5],
      [3, 10],
      [1, 17],
      [17, 18],
    ] as const)
      expectNear(
        sampleCorrelation(sample, all, a, b, 0),
        whole.truth.pooled.correlation(a, b, 'complete'),
        `${a} with ${b}`,
      );
  });

  it('differs from what is recorded where severe patients are measured more often', () => {
    const missing = simulation.truth.hospitals[0]!;
    const shift = missing.marginals('complete').map((complete, index) => {
      const recorded = missing.marginals('recorded')[index]!;
      return Math.abs(recorded.mean - complete.mean) / complete.sd;
    });
    expect(Math.max(...shift)).toBeGreaterThan(0.1);
  });
});

describe('Bayes-optimal AUROC', () => {
  const rank = (scores: Float64Array, labels: Float32Array): number => {
    const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
    let [below, concordant, deaths] = [0, 0, 0];
    for (const i of order)
      if (labels[i] === 1) {
        concordant += below;
        deaths++;
      } else below++;
    return concordant / (deaths * below);
  };

  it('given the measurements is what the Kalman filter reaches on a large sample, and below the one given the factors', () => {
    const whole = simulate(
      {
        hospitals: 3,
        patients: 12_000,
        steps: 3,
        shortestStay: 2,
        drugs: 0,
        factors: 3,
        eta: 0.6,
        completeMeasurements: true,
      },
      9,
    );
    const sample = whole.cohort();
    const { world } = whole;
    const width = sample.schema.features.length;
    const scores = new Float64Array(sample.size);
    for (let stay = 0; stay < sample.size; stay++) {
      const site = world.hospitals[sample.hospital[stay]!]!;
      // Gaussian smoothing by gradient steps on the posterior of the whole path: another algorithm than the filter's.
      const length = sample.length[stay]!;
      const path = Array.from({ length: length }, () => [0, 0, 0]);
      const innovation = 1 - world.options.rho ** 2;
      for (let sweep = 0; sweep < 60; sweep++)
        for (let t = 0; t < length; t++)
          for (let r = 0; r < 3; r++) {
            // Exact minimisation over one coordinate of −log posterior.
            let curvature = t === 0 ? 1 : 1 / innovation;
            let pull = t === 0 ? 0 : (world.options.rho * path[t - 1]![r]!) / innovation;
            if (t + 1 < length) {
              curvature += world.options.rho ** 2 / innovation;
              pull += (world.options.rho * path[t + 1]![r]!) / innovation;
            }
            for (let j = 0; j < width; j++) {
              const { shape, location, spread, loadings, noise } = world.features[j]!;
              const value = sample.values[(stay * 3 + t) * width + j]!;
              let rest = ((shape === 'normal' ? value : Math.log(value)) - location) / spread;
              for (let q = 0; q < 3; q++)
                rest -= loadings[q]! * (site.shift[q]! + (q === r ? 0 : path[t]![q]!));
              curvature += loadings[r]! ** 2 / noise ** 2;
              pull += (loadings[r]! * rest) / noise ** 2;
            }
            path[t]![r] = pull / curvature;
          }
      const severity = world.severity.reduce(
        (sum, g, r) => sum + g * (site.shift[r]! + path[length - 1]![r]!),
        0,
      );
      const age = (sample.statics[stay * 2]! - world.age.mean) / world.age.sd;
      scores[stay] = logistic(
        site.labelIntercept + world.options.labelStrength * severity + world.options.ageEffect * age,
      );
    }
    const { givenMeasurements, givenFactors } = whole.truth.pooled.label.auroc;
    const found = rank(scores, sample.labels);
    expect(Math.abs(found - givenMeasurements)).toBeLessThan(0.03);
    expect(givenMeasurements).toBeLessThan(givenFactors);
    expect(givenMeasurements).toBeGreaterThan(0.6);
  });

  it('given the factors is one half without any effect', () => {
    const { auroc } = simulate({ hospitals: 1, patients: 10, labelStrength: 0, ageEffect: 0 }, 1).truth.pooled
      .label;
    expect(auroc.givenFactors).toBeCloseTo(0.5, 6);
  });

  it('given the factors equals a direct Monte-Carlo estimate', () => {
    const one = simulate({ hospitals: [{ id: 'X', patients: 10, deathRate: 0.2 }], eta: 0 }, 5);
    const { model, auroc } = one.truth.pooled.label;
    // For one hospital the log odds are normal with mean = intercept (no site shift).
    const n = 4000;
    const grid = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    let [num, dead, alive] = [0, 0, 0];
    const spread = Math.hypot(model.strength, model.ageEffect);
    const probit = (p: number): number => {
      let [low, high] = [-9, 9];
      for (let k = 0; k < 60; k++) {
        const middle = (low + high) / 2;
        const t = 1 / (1 + 0.2316419 * Math.abs(middle));
        const tail =
          0.3989422804 *
          Math.exp(-0.5 * middle * middle) *
          t *
          (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        if ((middle > 0 ? 1 - tail : tail) < p) low = middle;
        else high = middle;
      }
      return low;
    };
    for (const p of grid) {
      const risk = logistic(model.intercepts['X']! + spread * probit(p));
      num += risk * (alive + (1 - risk) / 2);
      dead += risk;
      alive += 1 - risk;
    }
    expect(auroc.givenFactors).toBeCloseTo(num / (dead * alive), 3);
    expect(one.truth.pooled.label.prevalence).toBeCloseTo(0.2, 9);
  });
});

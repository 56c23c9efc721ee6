import { random } from '../../engine/random.js';
import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { logistic } from './logisticNormal.js';
import { dot, type World } from './world.js';

/** Columns and grid of a simulated cohort. */
export function simulatedSchema(world: World): CohortSchema {
  const { steps, stepHours } = world.options;
  return {
    name: 'simulated',
    stepHours,
    steps,
    features: world.features.map(({ name, unit, shape }) =>
      shape === 'drug'
        ? { name, kind: 'binary' }
        : { name, kind: 'continuous', ...(unit === undefined ? {} : { unit }) },
    ),
    statics: [
      { name: 'age', kind: 'continuous', unit: 'years' },
      { name: 'male', kind: 'binary' },
    ],
    labels: [{ name: 'mortality', kind: 'binary' }],
    provenance: {
      source: 'simulated with planted truth; only hospital sizes and death rates follow published figures',
      licence: 'CC0-1.0 (no data of patients)',
      createdBy: 'fedehr-bench, simulated',
    },
  };
}

/** Stays `first` to `first + size − 1` of the simulation, hospital after hospital. */
export function drawStays(world: World, schema: CohortSchema, first: number, size: number): Cohort {
  const { options, features, severity, seed } = world;
  const { steps } = options;
  const width = features.length;
  const hospitals = world.hospitals.map(({ id }) => id);
  const cohort = {
    schema,
    size,
    hospitals,
    values: new Float32Array(size * steps * width),
    observed: new Uint8Array(size * steps * width),
    length: new Uint16Array(size),
    hospital: new Uint16Array(size),
    statics: new Float32Array(size * 2),
    staticsObserved: new Uint8Array(size * 2).fill(1),
    labels: new Float32Array(size),
    labelsObserved: new Uint8Array(size).fill(1),
  };
  const patients: string[] = [];
  const deviation = new Float64Array(options.factors);
  const factors = new Float64Array(options.factors);
  const innovation = Math.sqrt(1 - options.rho ** 2);
  const measuring = Math.sqrt(1 - options.severityMissingness ** 2);
  let hospital = 0;
  let before = 0;
  while (hospital < hospitals.length && first >= before + world.hospitals[hospital]!.patients)
    before += world.hospitals[hospital++]!.patients;
  for (let stay = 0; stay < size; stay++) {
    while (first + stay >= before + world.hospitals[hospital]!.patients)
      before += world.hospitals[hospital++]!.patients;
    const site = world.hospitals[hospital]!;
    const number = first + stay - before;
    const draw = random(seed, 'simulated-stay', site.id, number);
    const length = options.shortestStay + draw.integer(steps - options.shortestStay + 1);
    const age = draw.normal();
    const male = draw.uniform() < world.male ? 1 : 0;
    patients.push(`${site.id}-${`${number + 1}`.padStart(7, '0')}`);
    cohort.hospital[stay] = hospital;
    cohort.length[stay] = length;
    cohort.statics[stay * 2] = world.age.mean + world.age.sd * age;
    cohort.statics[stay * 2 + 1] = male;
    for (let t = 0; t < length; t++) {
      for (let r = 0; r < options.factors; r++) {
        deviation[r] = t === 0 ? draw.normal() : options.rho * deviation[r]! + innovation * draw.normal();
        factors[r] = site.shift[r]! + deviation[r]!;
      }
      const propensity = options.severityMissingness * dot(severity, factors);
      for (let j = 0; j < width; j++) {
        const feature = features[j]!;
        const cell = (stay * steps + t) * width + j;
        const latent = dot(feature.loadings, factors) + feature.noise * draw.normal();
        if (feature.shape === 'drug') {
          cohort.values[cell] = latent > site.drugThreshold[j]! ? 1 : 0;
          cohort.observed[cell] = 1;
          continue;
        }
        if (propensity + measuring * draw.normal() <= site.maskThreshold[j]!) continue;
        const value = feature.location + feature.spread * latent;
        cohort.values[cell] = feature.shape === 'normal' ? value : Math.exp(value);
        cohort.observed[cell] = 1;
      }
    }
    const logOdds =
      site.labelIntercept + options.labelStrength * dot(severity, factors) + options.ageEffect * age;
    cohort.labels[stay] = draw.uniform() < logistic(logOdds) ? 1 : 0;
  }
  return { ...cohort, patients };
}

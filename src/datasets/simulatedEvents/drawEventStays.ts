import { EventBuilder } from '../../cohort/events/eventBuilder.js';
import { toGrid } from '../../cohort/events/toGrid.js';
import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { random, type Random } from '../../engine/random.js';
import { normalQuantile } from '../simulated/gaussian.js';
import { logistic } from '../simulated/logisticNormal.js';
import { simulatedGrid, simulatedTables } from './eventSchema.js';
import { drugs } from './drugs.js';
import { infusions } from './infusions.js';
import { labItems, panels, type LabItem } from './labItems.js';
import type { EventHospital, EventWorld } from './world.js';

/** Minutes after admission within which the first laboratory draw happens. */
const admissionMinutes = 30;

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** A Poisson number, by counting exponential gaps; for means of a few. */
function poisson(mean: number, draw: Random): number {
  let count = -1;
  for (let sum = 0; sum < mean; count++) sum -= Math.log(1 - draw.uniform());
  return Math.max(0, count);
}

/** What a stay is made of: its stream, its severity at every step, and where its events go. */
interface Course {
  readonly draw: Random;
  readonly severity: Float64Array;
  readonly builder: EventBuilder;
}

function addPanel(
  world: EventWorld,
  { draw, builder }: Course,
  minute: number,
  s: number,
  items: readonly LabItem[],
): void {
  const { itemMissing, resultMissing } = world.options;
  for (const { item, unit, median, severity, spread, reference, decimals } of items) {
    if (draw.uniform() < itemMissing) continue;
    const value = rounded(median * Math.exp(severity * s + spread * draw.normal()), decimals);
    const [low, high] = reference;
    const flag = value < low || value > high ? 'abnormal' : null;
    const known = draw.uniform() >= resultMissing;
    builder.add(0, minute, [item, unit, known ? value : null, low, high, known ? flag : null]);
  }
}

function addLabs(world: EventWorld, course: Course): void {
  const { draw, severity } = course;
  const { draws, drawSeverity, stepHours } = world.options;
  const step = 60 * stepHours;
  const atAdmission = labItems.filter(({ panel }) => panels[panel].atAdmission);
  addPanel(
    world,
    course,
    Math.floor(Math.min(admissionMinutes, step) * draw.uniform()),
    severity[0]!,
    atAdmission,
  );
  for (const [t, s] of severity.entries()) {
    const count = poisson(draws * stepHours * Math.exp(drawSeverity * s), draw);
    for (let one = 0; one < count; one++) {
      const minute = Math.floor((t + draw.uniform()) * step);
      for (const [panel, { share }] of Object.entries(panels))
        if (draw.uniform() < share)
          addPanel(
            world,
            course,
            minute,
            s,
            labItems.filter((item) => item.panel === panel),
          );
    }
  }
}

function addInfusions(world: EventWorld, { draw, severity, builder }: Course): void {
  const { charting, stepHours } = world.options;
  const weight = rounded(world.weight.median * Math.exp(world.weight.spread * draw.normal()), 1);
  for (const { item, share, reaction, rate, rateSeverity, volume, perKilogram } of infusions) {
    const constant = Math.sqrt(1 - reaction ** 2) * draw.normal();
    const threshold = normalQuantile(1 - share);
    for (const [t, s] of severity.entries()) {
      const [charted, within, noise] = [draw.uniform(), draw.uniform(), draw.normal()];
      const runs = reaction * s + constant > threshold;
      if (!runs || charted >= charting) continue;
      const drugRate = rate * Math.exp(rateSeverity * s + world.rateSpread * noise);
      const millilitres = drugRate * volume * (perKilogram ? weight / world.weight.median : 1);
      builder.add(2, Math.floor((t + within) * 60 * stepHours), [
        item,
        Number(drugRate.toPrecision(4)),
        Number(millilitres.toPrecision(4)),
        weight,
      ]);
    }
  }
}

function addDrugs(world: EventWorld, { draw, severity, builder }: Course): void {
  const { stepHours } = world.options;
  for (const { item, orders, severity: reaction, doses, route, frequencies, asNeeded } of drugs)
    for (const [t, s] of severity.entries()) {
      const count = poisson(orders * stepHours * Math.exp(reaction * s), draw);
      for (let one = 0; one < count; one++) {
        let left = draw.uniform();
        const dose = doses.find(([, share]) => (left -= share) < 0) ?? doses.at(-1)!;
        const minute = Math.floor((t + draw.uniform()) * 60 * stepHours);
        const frequency = frequencies[draw.integer(frequencies.length)]!;
        builder.add(1, minute, [item, dose[0], route, frequency, draw.uniform() < asNeeded ? 'Yes' : 'No']);
      }
    }
}

function drawSeverity({ options }: EventWorld, mean: number, draw: Random): Float64Array {
  const severity = new Float64Array(options.steps);
  const innovation = Math.sqrt(1 - options.rho ** 2);
  let deviation = draw.normal();
  for (let t = 0; t < options.steps; t++) {
    if (t > 0) deviation = options.rho * deviation + innovation * draw.normal();
    severity[t] = mean + deviation;
  }
  return severity;
}

/** One stay: adds its events and gives age, sex and outcome. */
function drawStay(
  world: EventWorld,
  { id, severity: mean }: EventHospital,
  index: number,
  builder: EventBuilder,
): { age: number; male: number; died: number } {
  const draw = random(world.seed, 'simulated-events', id, index);
  const severity = drawSeverity(world, mean, draw);
  const course = { draw, severity, builder };
  const [ageScore, male] = [draw.normal(), draw.uniform() < world.male ? 1 : 0];
  const { labelStrength, ageEffect, labelIntercept } = world.options;
  const average = severity.reduce((sum, s) => sum + s, 0) / severity.length;
  const odds = labelIntercept + labelStrength * average + ageEffect * ageScore;
  const died = draw.uniform() < logistic(odds) ? 1 : 0;
  addLabs(world, course);
  addInfusions(world, course);
  addDrugs(world, course);
  builder.endStay();
  const age = Math.min(90, Math.max(18, Math.round(world.age.mean + world.age.sd * ageScore)));
  return { age, male, died };
}

/** The whole cohort, hospital after hospital; every stay is the same however many there are. */
export function drawEventStays(world: EventWorld, schema: CohortSchema): Cohort {
  const size = world.hospitals.reduce((sum, { patients }) => sum + patients, 0);
  const statics = new Float32Array(size * 2);
  const labels = new Float32Array(size);
  const hospital = new Uint16Array(size);
  const builder = new EventBuilder(simulatedTables, simulatedGrid);
  let stay = 0;
  for (const [own, site] of world.hospitals.entries())
    for (let index = 0; index < site.patients; index++, stay++) {
      const { age, male, died } = drawStay(world, site, index, builder);
      hospital[stay] = own;
      statics.set([age, male], 2 * stay);
      labels[stay] = died;
    }
  const events = builder.finish();
  return {
    schema,
    size,
    ...toGrid(events, schema),
    length: new Uint16Array(size).fill(schema.steps),
    hospital,
    hospitals: world.hospitals.map(({ id }) => id),
    patients: Array.from({ length: size }, (_, row) => `SE${String(row + 1).padStart(7, '0')}`),
    statics,
    staticsObserved: new Uint8Array(statics.length).fill(1),
    labels,
    labelsObserved: new Uint8Array(size).fill(1),
    events,
  };
}

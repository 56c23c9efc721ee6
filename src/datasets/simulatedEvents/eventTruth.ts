import { normalCdf, normalDensity, normalQuantile } from '../simulated/gaussian.js';
import { logisticNormalMean } from '../simulated/logisticNormal.js';
import { drugs } from './drugs.js';
import { infusions, type Infusion } from './infusions.js';
import { labItems, panels, type LabItem } from './labItems.js';
import type { EventWorld } from './world.js';

/** True numbers of one item. */
export interface ItemTruth {
  readonly table: 'lab' | 'medication' | 'infusiondrug';
  readonly item: string;
  /** Mean number of its events in a stay. */
  readonly events: number;
  /** Mean and sd of the log of its value over events (laboratory result, rate of an infusion), before rounding; null for drugs. */
  readonly logMean: number | null;
  readonly logSd: number | null;
  /** Share of results outside the reference range among those that are filled in; null except in the laboratory. */
  readonly abnormal: number | null;
  /** Share of events without a value; null for drugs. */
  readonly missing: number | null;
}

/** The truth about one hospital, or about all stays together. */
export interface EventSiteTruth {
  /** Hospital id, or `pooled`. */
  readonly site: string;
  readonly items: readonly ItemTruth[];
  /** Mean number of events in a stay. */
  readonly events: number;
  /** Probability of death. */
  readonly mortality: number;
}

/** A normal part of a mixture of log values with its weight: the mean number of events. */
interface Part {
  readonly events: number;
  readonly mean: number;
  readonly sd: number;
}

function moments(parts: readonly Part[]): { events: number; logMean: number; logSd: number } {
  const events = parts.reduce((sum, part) => sum + part.events, 0);
  const logMean = parts.reduce((sum, part) => sum + part.events * part.mean, 0) / events;
  const square = parts.reduce((sum, part) => sum + part.events * (part.sd ** 2 + part.mean ** 2), 0) / events;
  return { events, logMean, logSd: Math.sqrt(square - logMean ** 2) };
}

/**
 * Log values of a laboratory item at a hospital. Severity at admission is N(μ, 1); at later draws, whose rate is
 * λ·exp(βs), it is N(μ + β, 1), and λ·exp(βμ + β²/2) of them are expected an hour.
 */
function labParts(world: EventWorld, mean: number, { panel, median, severity, spread }: LabItem): Part[] {
  const { draws, drawSeverity, steps, stepHours, itemMissing } = world.options;
  const { share, atAdmission } = panels[panel];
  const reported = 1 - itemMissing;
  const at = (s: number, events: number): Part => ({
    events: events * reported,
    mean: Math.log(median) + severity * s,
    sd: Math.hypot(severity, spread),
  });
  const later = draws * steps * stepHours * Math.exp(drawSeverity * mean + drawSeverity ** 2 / 2) * share;
  return [...(atAdmission ? [at(mean, 1)] : []), at(mean + drawSeverity, later)];
}

function labTruth(world: EventWorld, means: readonly [number, number][], lab: LabItem): ItemTruth {
  const parts = means.flatMap(([mean, weight]) =>
    labParts(world, mean, lab).map((part) => ({ ...part, events: weight * part.events })),
  );
  const all = moments(parts);
  // A value counts as it is reported: rounded onto a limit it is inside.
  const half = 0.5 * 10 ** -lab.decimals;
  const low = Math.log(lab.reference[0] - half);
  const high = Math.log(lab.reference[1] + half);
  const outside = ({ mean, sd }: Part): number =>
    normalCdf((low - mean) / sd) + normalCdf((mean - high) / sd);
  return {
    table: 'lab',
    item: lab.item,
    ...all,
    abnormal: parts.reduce((sum, part) => sum + part.events * outside(part), 0) / all.events,
    missing: world.options.resultMissing,
  };
}

/**
 * Log rates of an infusion at a hospital: it runs where a standard normal that correlates with severity by `reaction` lies above
 * a = threshold − reaction·μ, so that severity has mean μ + reaction·h there, h = φ(a)/Φ(−a), and variance 1 − reaction²·h·(h − a).
 */
function infusionPart(world: EventWorld, mean: number, infusion: Infusion): Part {
  const { charting, steps } = world.options;
  const { share, reaction, rate, rateSeverity } = infusion;
  const a = normalQuantile(1 - share) - reaction * mean;
  const runs = normalCdf(-a);
  const hazard = normalDensity(a) / runs;
  const variance = 1 - reaction ** 2 * hazard * (hazard - a);
  return {
    events: steps * charting * runs,
    mean: Math.log(rate) + rateSeverity * (mean + reaction * hazard),
    sd: Math.sqrt(rateSeverity ** 2 * variance + world.rateSpread ** 2),
  };
}

function siteTruth(world: EventWorld, site: string, means: readonly [number, number][]): EventSiteTruth {
  const { steps, stepHours, rho, labelStrength, ageEffect, labelIntercept } = world.options;
  const items: ItemTruth[] = [
    ...labItems.map((lab) => labTruth(world, means, lab)),
    ...infusions.map((infusion): ItemTruth => ({
      table: 'infusiondrug',
      item: infusion.item,
      ...moments(
        means.map(([mean, weight]) => {
          const part = infusionPart(world, mean, infusion);
          return { ...part, events: weight * part.events };
        }),
      ),
      abnormal: null,
      missing: 0,
    })),
    ...drugs.map(({ item, orders, severity }): ItemTruth => ({
      table: 'medication',
      item,
      events: means.reduce(
        (sum, [mean, weight]) =>
          sum + weight * orders * steps * stepHours * Math.exp(severity * mean + severity ** 2 / 2),
        0,
      ),
      logMean: null,
      logSd: null,
      abnormal: null,
      missing: null,
    })),
  ];
  let variance = 0;
  for (let a = 0; a < steps; a++) for (let b = 0; b < steps; b++) variance += rho ** Math.abs(a - b);
  const spread = Math.hypot(labelStrength * (Math.sqrt(variance) / steps), ageEffect);
  return {
    site,
    items,
    events: items.reduce((sum, { events }) => sum + events, 0),
    mortality: means.reduce(
      (sum, [mean, weight]) =>
        sum + weight * logisticNormalMean(labelIntercept + labelStrength * mean, spread),
      0,
    ),
  };
}

/** What is planted, in terms of what metrics measure; nothing is sampled. */
export interface EventTruth {
  readonly pooled: EventSiteTruth;
  /** In the order of `Cohort.hospitals`. */
  readonly hospitals: readonly EventSiteTruth[];
}

/** Derives the truth of a planted world. Exact but for the rounding of values to the decimals that a laboratory reports. */
export function eventTruthOf(world: EventWorld): EventTruth {
  const total = world.hospitals.reduce((sum, { patients }) => sum + patients, 0);
  return {
    pooled: siteTruth(
      world,
      'pooled',
      world.hospitals.map(({ severity, patients }) => [severity, patients / total]),
    ),
    hospitals: world.hospitals.map(({ id, severity }) => siteTruth(world, id, [[severity, 1]])),
  };
}

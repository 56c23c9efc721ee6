/** One infusion: it runs in steps where reaction·s + √(1 − reaction²)·z exceeds a threshold, z constant for the stay. */
export interface Infusion {
  readonly item: string;
  readonly feature: string;
  /** Share of steps in which it runs where the mean severity is 0. */
  readonly share: number;
  /** Correlation of running with severity. */
  readonly reaction: number;
  /** Median rate at severity 0, in the unit of its name. */
  readonly rate: number;
  /** Log rate per unit of severity. */
  readonly rateSeverity: number;
  /** ml/h for each unit of the rate; of rates per kilogram for each unit and 80 kg. */
  readonly volume: number;
  readonly perKilogram: boolean;
}

export const infusions: readonly Infusion[] = [
  {
    item: 'norepinephrine (mcg/min)',
    feature: 'norepinephrine',
    share: 0.12,
    reaction: 0.7,
    rate: 8,
    rateSeverity: 0.3,
    volume: 3.75,
    perKilogram: false,
  },
  {
    item: 'propofol (mcg/kg/min)',
    feature: 'propofol',
    share: 0.2,
    reaction: 0.5,
    rate: 25,
    rateSeverity: 0.15,
    volume: 0.48,
    perKilogram: true,
  },
  {
    item: 'vasopressin (units/min)',
    feature: 'vasopressin',
    share: 0.05,
    reaction: 0.7,
    rate: 0.04,
    rateSeverity: 0.05,
    volume: 60,
    perKilogram: false,
  },
  {
    item: 'fentanyl (mcg/hr)',
    feature: 'fentanyl',
    share: 0.15,
    reaction: 0.4,
    rate: 75,
    rateSeverity: 0.2,
    volume: 0.1,
    perKilogram: false,
  },
  {
    item: 'insulin (units/hr)',
    feature: 'insulin',
    share: 0.1,
    reaction: 0.3,
    rate: 4,
    rateSeverity: 0.1,
    volume: 1,
    perKilogram: false,
  },
  {
    item: 'normal saline (ml/hr)',
    feature: 'saline',
    share: 0.35,
    reaction: 0.2,
    rate: 90,
    rateSeverity: 0.05,
    volume: 1,
    perKilogram: false,
  },
];

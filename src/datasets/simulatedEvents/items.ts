/** One laboratory item: log value = location + severity·s + ε·N(0, 1), s the severity at that step. */
export interface LabItem {
  /** Name as in eICU. */
  readonly item: string;
  /** Name of the grid's feature. */
  readonly feature: string;
  readonly unit: string;
  readonly panel: 'chemistry' | 'hematology' | 'blood gas';
  /** Median at severity 0. */
  readonly median: number;
  readonly severity: number;
  /** Sd of the log value at a given severity. */
  readonly spread: number;
  readonly reference: readonly [number, number];
  readonly decimals: number;
}

export const labItems: readonly LabItem[] = [
  {
    item: 'creatinine',
    feature: 'crea',
    unit: 'mg/dL',
    panel: 'chemistry',
    median: 1.2,
    severity: 0.25,
    spread: 0.45,
    reference: [0.6, 1.2],
    decimals: 2,
  },
  {
    item: 'sodium',
    feature: 'na',
    unit: 'mmol/L',
    panel: 'chemistry',
    median: 138,
    severity: 0.005,
    spread: 0.03,
    reference: [135, 145],
    decimals: 0,
  },
  {
    item: 'potassium',
    feature: 'k',
    unit: 'mmol/L',
    panel: 'chemistry',
    median: 4.1,
    severity: 0.02,
    spread: 0.13,
    reference: [3.5, 5.1],
    decimals: 1,
  },
  {
    item: 'bicarbonate',
    feature: 'bicar',
    unit: 'mmol/L',
    panel: 'chemistry',
    median: 24,
    severity: -0.08,
    spread: 0.14,
    reference: [22, 29],
    decimals: 0,
  },
  {
    item: 'chloride',
    feature: 'cl',
    unit: 'mmol/L',
    panel: 'chemistry',
    median: 104,
    severity: 0.01,
    spread: 0.05,
    reference: [98, 108],
    decimals: 0,
  },
  {
    item: 'BUN',
    feature: 'bun',
    unit: 'mg/dL',
    panel: 'chemistry',
    median: 20,
    severity: 0.22,
    spread: 0.5,
    reference: [7, 22],
    decimals: 0,
  },
  {
    item: 'glucose',
    feature: 'glu',
    unit: 'mg/dL',
    panel: 'chemistry',
    median: 130,
    severity: 0.1,
    spread: 0.3,
    reference: [70, 110],
    decimals: 0,
  },
  {
    item: 'Hgb',
    feature: 'hgb',
    unit: 'g/dL',
    panel: 'hematology',
    median: 11,
    severity: -0.06,
    spread: 0.18,
    reference: [12, 16],
    decimals: 1,
  },
  {
    item: 'WBC x 1000',
    feature: 'wbc',
    unit: 'K/mcL',
    panel: 'hematology',
    median: 10,
    severity: 0.15,
    spread: 0.4,
    reference: [4, 11],
    decimals: 1,
  },
  {
    item: 'platelets x 1000',
    feature: 'plt',
    unit: 'K/mcL',
    panel: 'hematology',
    median: 200,
    severity: -0.15,
    spread: 0.4,
    reference: [150, 400],
    decimals: 0,
  },
  {
    item: 'lactate',
    feature: 'lact',
    unit: 'mmol/L',
    panel: 'blood gas',
    median: 1.7,
    severity: 0.35,
    spread: 0.35,
    reference: [0.5, 2.2],
    decimals: 1,
  },
  {
    item: 'paCO2',
    feature: 'pco2',
    unit: 'mm Hg',
    panel: 'blood gas',
    median: 40,
    severity: 0.03,
    spread: 0.16,
    reference: [35, 45],
    decimals: 0,
  },
];

/** Share of laboratory draws with each panel; at admission chemistry and hematology are always drawn, a blood gas never. */
export const panels: Readonly<
  Record<LabItem['panel'], { readonly share: number; readonly atAdmission: boolean }>
> = {
  chemistry: { share: 0.7, atAdmission: true },
  hematology: { share: 0.6, atAdmission: true },
  'blood gas': { share: 0.35, atAdmission: false },
};

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

/** One ordered drug: orders come at `orders`·exp(severity·s) an hour. */
export interface Drug {
  readonly item: string;
  readonly feature: string;
  readonly orders: number;
  readonly severity: number;
  /** Doses with their shares, which sum to 1. */
  readonly doses: readonly (readonly [string, number])[];
  readonly route: string;
  readonly frequencies: readonly string[];
  /** Share of orders as needed. */
  readonly asNeeded: number;
}

export const drugs: readonly Drug[] = [
  {
    item: 'magnesium sulfate',
    feature: 'magnesium_sulfate',
    orders: 0.03,
    severity: 0.2,
    doses: [
      ['2 g', 0.8],
      ['4 g', 0.2],
    ],
    route: 'IV',
    frequencies: ['once'],
    asNeeded: 0.2,
  },
  {
    item: 'heparin',
    feature: 'heparin',
    orders: 0.04,
    severity: 0,
    doses: [
      ['5000 units', 0.9],
      ['7500 units', 0.1],
    ],
    route: 'SQ',
    frequencies: ['q8hr', 'q12hr'],
    asNeeded: 0,
  },
  {
    item: 'potassium chloride',
    feature: 'potassium_chloride',
    orders: 0.05,
    severity: 0.15,
    doses: [
      ['20 meq', 0.7],
      ['40 meq', 0.3],
    ],
    route: 'IV',
    frequencies: ['once', 'q4hr'],
    asNeeded: 0.4,
  },
  {
    item: 'acetaminophen',
    feature: 'acetaminophen',
    orders: 0.05,
    severity: -0.1,
    doses: [
      ['650 mg', 0.7],
      ['1000 mg', 0.3],
    ],
    route: 'PO',
    frequencies: ['q4hr', 'q6hr'],
    asNeeded: 0.8,
  },
  {
    item: 'furosemide',
    feature: 'furosemide',
    orders: 0.03,
    severity: 0.3,
    doses: [
      ['20 mg', 0.4],
      ['40 mg', 0.5],
      ['80 mg', 0.1],
    ],
    route: 'IV',
    frequencies: ['once', 'q12hr'],
    asNeeded: 0,
  },
  {
    item: 'pantoprazole',
    feature: 'pantoprazole',
    orders: 0.04,
    severity: 0,
    doses: [['40 mg', 1]],
    route: 'IV',
    frequencies: ['daily'],
    asNeeded: 0,
  },
  {
    item: 'vancomycin',
    feature: 'vancomycin',
    orders: 0.03,
    severity: 0.35,
    doses: [
      ['1000 mg', 0.6],
      ['1250 mg', 0.25],
      ['1500 mg', 0.15],
    ],
    route: 'IV',
    frequencies: ['q12hr', 'q24hr'],
    asNeeded: 0,
  },
  {
    item: 'morphine',
    feature: 'morphine',
    orders: 0.03,
    severity: 0.1,
    doses: [
      ['2 mg', 0.7],
      ['4 mg', 0.3],
    ],
    route: 'IV',
    frequencies: ['q2hr', 'q4hr'],
    asNeeded: 0.9,
  },
];

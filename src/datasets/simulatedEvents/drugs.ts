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

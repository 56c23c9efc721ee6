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

import type { Variable } from '../cohort/types.js';

/** One charted parameter of the challenge, and how several values of an hour become one. */
export interface ChartedParameter {
  readonly variable: Variable;
  /** `given`: 1 in hours with an entry, 0 in all others. */
  readonly aggregate: 'mean' | 'sum' | 'last' | 'given';
}

function charted(
  name: string,
  unit: string | null,
  low: number,
  high: number,
  aggregate: ChartedParameter['aggregate'] = 'mean',
): ChartedParameter {
  return {
    variable: { name, kind: 'continuous', ...(unit === null ? {} : { unit }), range: [low, high] },
    aggregate,
  };
}

/**
 * The 36 charted parameters of the challenge and mechanical ventilation. Units are the challenge's own; ranges are wide physiological ones
 * that leave out slips such as zeros in blood pressures, pH 735 and temperatures in other units.
 */
export const physionet2012Parameters: readonly ChartedParameter[] = [
  charted('HR', 'bpm', 10, 350),
  charted('MAP', 'mmHg', 10, 300),
  charted('SysABP', 'mmHg', 20, 350),
  charted('DiasABP', 'mmHg', 5, 300),
  charted('Urine', 'mL', 0, 5000, 'sum'),
  charted('Weight', 'kg', 20, 400, 'last'),
  charted('NISysABP', 'mmHg', 20, 350),
  charted('NIDiasABP', 'mmHg', 5, 300),
  charted('NIMAP', 'mmHg', 10, 300),
  charted('Temp', '°C', 20, 45),
  charted('GCS', null, 3, 15, 'last'),
  charted('RespRate', '1/min', 0, 100),
  charted('FiO2', 'fraction', 0.15, 1, 'last'),
  { variable: { name: 'MechVent', kind: 'binary' }, aggregate: 'given' },
  charted('pH', null, 6.5, 8),
  charted('PaCO2', 'mmHg', 5, 250),
  charted('PaO2', 'mmHg', 10, 700),
  charted('HCT', '%', 5, 75),
  charted('K', 'mmol/L', 1, 15),
  charted('Platelets', '10³/µL', 1, 3000),
  charted('Creatinine', 'mg/dL', 0.1, 60),
  charted('BUN', 'mg/dL', 1, 300),
  charted('HCO3', 'mmol/L', 1, 80),
  charted('Mg', 'mmol/L', 0.1, 20),
  charted('Na', 'mmol/L', 90, 200),
  charted('Glucose', 'mg/dL', 5, 2000),
  charted('WBC', '10³/µL', 0, 500),
  charted('SaO2', '%', 30, 100),
  charted('Lactate', 'mmol/L', 0, 60),
  charted('Bilirubin', 'mg/dL', 0, 80),
  charted('AST', 'IU/L', 0, 20000),
  charted('ALT', 'IU/L', 0, 20000),
  charted('ALP', 'IU/L', 0, 6000),
  charted('Albumin', 'g/dL', 0.5, 8),
  charted('TroponinT', 'µg/L', 0, 100),
  charted('TroponinI', 'µg/L', 0, 500),
  charted('Cholesterol', 'mg/dL', 10, 1000),
];

export const physionet2012Statics: readonly Variable[] = [
  { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
  { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  { name: 'height', kind: 'continuous', unit: 'cm', range: [100, 250] },
  { name: 'admission_weight', kind: 'continuous', unit: 'kg', range: [20, 400] },
];

export const physionet2012Labels: readonly Variable[] = [{ name: 'mortality', kind: 'binary' }];

/** ICU types 1 to 4 of the challenge, in its order. */
export const physionet2012Units = ['CCU', 'CSRU', 'MICU', 'SICU'] as const;

import type { Variable } from '../cohort/types.js';

function measured(name: string, unit: string, low: number, high: number): Variable {
  return { name, kind: 'continuous', unit, range: [low, high] };
}

/**
 * The 34 vital signs and laboratory values of the challenge, in file order. Units are those of the challenge's own
 * description, except for magnesium and lactate, whose values show another one; ranges are wide physiological ones.
 */
export const physionet2019Features: readonly Variable[] = [
  measured('HR', 'bpm', 0, 350),
  measured('O2Sat', '%', 0, 100),
  measured('Temp', '°C', 20, 45),
  measured('SBP', 'mmHg', 0, 350),
  measured('MAP', 'mmHg', 0, 350),
  measured('DBP', 'mmHg', 0, 350),
  measured('Resp', '1/min', 0, 100),
  measured('EtCO2', 'mmHg', 0, 150),
  measured('BaseExcess', 'mmol/L', -60, 60),
  measured('HCO3', 'mmol/L', 0, 80),
  measured('FiO2', 'fraction', 0.15, 1),
  measured('pH', '', 6.5, 8),
  measured('PaCO2', 'mmHg', 0, 250),
  measured('SaO2', '%', 0, 100),
  measured('AST', 'IU/L', 0, 20000),
  measured('BUN', 'mg/dL', 0, 300),
  measured('Alkalinephos', 'IU/L', 0, 6000),
  measured('Calcium', 'mg/dL', 0, 30),
  measured('Chloride', 'mmol/L', 20, 180),
  measured('Creatinine', 'mg/dL', 0, 60),
  measured('Bilirubin_direct', 'mg/dL', 0, 80),
  measured('Glucose', 'mg/dL', 0, 2000),
  measured('Lactate', 'mmol/L', 0, 60),
  measured('Magnesium', 'mg/dL', 0, 20),
  measured('Phosphate', 'mg/dL', 0, 30),
  measured('Potassium', 'mmol/L', 1, 15),
  measured('Bilirubin_total', 'mg/dL', 0, 80),
  measured('TroponinI', 'ng/mL', 0, 500),
  measured('Hct', '%', 0, 80),
  measured('Hgb', 'g/dL', 0, 30),
  measured('PTT', 's', 5, 300),
  measured('WBC', '10³/µL', 0, 500),
  measured('Fibrinogen', 'mg/dL', 0, 2000),
  measured('Platelets', '10³/µL', 0, 3000),
].map((variable) => {
  const { unit, ...rest } = variable;
  return unit === undefined || unit === '' ? rest : { ...rest, unit };
});

export const physionet2019Statics: readonly Variable[] = [
  { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
  { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  { name: 'unit', kind: 'categorical', levels: ['MICU', 'SICU', 'unknown'] },
];

export const physionet2019Labels: readonly Variable[] = [{ name: 'sepsis', kind: 'binary' }];

/** All columns of the challenge's files, in file order. */
export const physionet2019Columns: readonly string[] = [
  ...physionet2019Features.map(({ name }) => name),
  'Age',
  'Gender',
  'Unit1',
  'Unit2',
  'HospAdmTime',
  'ICULOS',
  'SepsisLabel',
];

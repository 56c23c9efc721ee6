import type { Variable } from '../../cohort/types.js';

function measured(name: string, unit: string | null, low: number, high: number): Variable {
  return { name, kind: 'continuous', ...(unit === null ? {} : { unit }), range: [low, high] };
}

/**
 * The 48 hourly concepts of the YAIB demo cohorts under their own names, with the units of the concept dictionary they were
 * made with (R package ricu); ranges are wide physiological ones.
 */
export const hourlyConcepts: readonly Variable[] = [
  measured('alb', 'g/dL', 0, 8),
  measured('alp', 'IU/L', 0, 6000),
  measured('alt', 'IU/L', 0, 20000),
  measured('ast', 'IU/L', 0, 20000),
  measured('be', 'mmol/L', -60, 60),
  measured('bicar', 'mmol/L', 0, 80),
  measured('bili', 'mg/dL', 0, 80),
  measured('bili_dir', 'mg/dL', 0, 80),
  measured('bnd', '%', 0, 100),
  measured('bun', 'mg/dL', 0, 300),
  measured('ca', 'mg/dL', 0, 30),
  measured('cai', 'mmol/L', 0, 4),
  measured('ck', 'IU/L', 0, 200000),
  measured('ckmb', 'ng/mL', 0, 2000),
  measured('cl', 'mmol/L', 20, 180),
  measured('crea', 'mg/dL', 0, 60),
  measured('crp', 'mg/L', 0, 5000),
  measured('dbp', 'mmHg', 0, 350),
  measured('fgn', 'mg/dL', 0, 2000),
  measured('fio2', '%', 15, 100),
  measured('glu', 'mg/dL', 0, 2000),
  measured('hgb', 'g/dL', 0, 30),
  measured('hr', 'bpm', 0, 350),
  measured('inr_pt', null, 0, 40),
  measured('k', 'mmol/L', 1, 15),
  measured('lact', 'mmol/L', 0, 60),
  measured('lymph', '%', 0, 100),
  measured('map', 'mmHg', 0, 350),
  measured('mch', 'pg', 0, 100),
  measured('mchc', 'g/dL', 0, 60),
  measured('mcv', 'fL', 0, 200),
  measured('methb', '%', 0, 100),
  measured('mg', 'mg/dL', 0, 20),
  measured('na', 'mmol/L', 80, 200),
  measured('neut', '%', 0, 100),
  measured('o2sat', '%', 0, 100),
  measured('pco2', 'mmHg', 0, 250),
  measured('ph', null, 6.5, 8),
  measured('phos', 'mg/dL', 0, 30),
  measured('plt', '10³/µL', 0, 3000),
  measured('po2', 'mmHg', 0, 800),
  measured('ptt', 's', 0, 400),
  measured('resp', '1/min', 0, 150),
  measured('sbp', 'mmHg', 0, 350),
  measured('temp', '°C', 20, 45),
  measured('tnt', 'ng/mL', 0, 100),
  measured('urine', 'mL', 0, 10000),
  measured('wbc', '10³/µL', 0, 1000),
];

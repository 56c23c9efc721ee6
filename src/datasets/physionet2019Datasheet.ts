import { rowsOfHospital } from '../cohort/select.js';
import { isSmallCell } from '../cohort/suppression.js';
import type { Cohort } from '../cohort/types.js';
import { physionet2019Citation, physionet2019Page } from './physionet2019Notice.js';

function percent(part: number, whole: number): string {
  if (part === 0) return '0';
  return isSmallCell(part) ? '<0.1' : ((100 * part) / whole).toFixed(1);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(header),
    line(header.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

function counts(cohort: Cohort): string {
  const rows = cohort.hospitals.map((id, hospital) => {
    const stays = rowsOfHospital(cohort, hospital);
    const septic = stays.filter((row) => cohort.labels[row] === 1).length;
    const unit = (level: number): string =>
      `${stays.filter((row) => cohort.statics[row * 3 + 2] === level).length}`;
    const female = stays.filter((row) => cohort.statics[row * 3 + 1] === 0).length;
    const ages = stays.map((row) => cohort.statics[row * 3]!).sort((a, b) => a - b);
    return [
      id,
      `${stays.length}`,
      `${septic} (${percent(septic, stays.length)} %)`,
      ages[Math.floor(ages.length / 2)]!.toFixed(0),
      percent(female, stays.length),
      unit(0),
      unit(1),
      unit(2),
    ];
  });
  return table(
    [
      'hospital',
      'patients',
      'sepsis after hour 24',
      'median age',
      'female, %',
      'MICU',
      'SICU',
      'unit unknown',
    ],
    rows,
  );
}

function attrition(cohort: Cohort): string {
  const rows = (cohort.schema.provenance.attrition ?? []).map(({ step, remaining, hospitals }) => [
    step,
    `${remaining}`,
    ...cohort.hospitals.map((id) => `${hospitals?.[id] ?? 0}`),
  ]);
  return table(['step', 'patients', ...cohort.hospitals], rows);
}

function features(cohort: Cohort): string {
  const { steps } = cohort.schema;
  const width = cohort.schema.features.length;
  const charted = cohort.hospitals.map(() => new Float64Array(width));
  for (let at = 0; at < cohort.observed.length; at++) {
    const hospital = cohort.hospital[Math.floor(at / (steps * width))]!;
    charted[hospital]![at % width]! += cohort.observed[at]!;
  }
  const rows = cohort.schema.features.map(({ name, unit, range }, feature) => [
    name,
    unit ?? '',
    `${range?.[0] ?? ''} to ${range?.[1] ?? ''}`,
    ...cohort.hospitals.map((_, hospital) =>
      percent(charted[hospital]![feature]!, rowsOfHospital(cohort, hospital).length * steps),
    ),
    `${cohort.schema.provenance.outOfRange?.[name] ?? 0}`,
  ]);
  return table(
    [
      'feature',
      'unit',
      'range kept',
      ...cohort.hospitals.map((id) => `charted, % of hours, ${id}`),
      'values left out',
    ],
    rows,
  );
}

/** DATASHEET.md of the cohort: what it holds, how it was made, what to beware of. All numbers are counted in the cohort. */
export function physionet2019Datasheet(cohort: Cohort): string {
  return `# Datasheet: physionet2019

Two real hospital systems (A and B), the first ${cohort.schema.steps} hours of ICU stays, hourly vital signs and laboratory values, label
sepsis. Made from the public training sets of the PhysioNet/Computing in Cardiology Challenge 2019
(${physionet2019Page}). Purpose: training and scoring federated generators of synthetic time series.

## Patients

${counts(cohort)}

## Definition

- **Time.** Step t = 0 … ${cohort.schema.steps - 1} is the challenge's hour ICULOS = t + 1, of one hour each, counted from ICU admission. Hours before the
  first charted one are unobserved.
- **Included** are patients who are still in the ICU after hour 24 (some hour has ICULOS > 24), carry no SepsisLabel = 1 at
  ICULOS ≤ 24, and have at least one charted hour at ICULOS ≤ 24. It is a landmark analysis: a prediction made at hour 24 for
  patients at risk then.
- **Label** \`sepsis\` = 1 if and only if SepsisLabel = 1 at some ICULOS > 24. The challenge already shifts SepsisLabel to 6 hours before
  onset, so \`sepsis\` means onset more than about 30 hours after ICU admission within the recorded stay.
- **Statics.** \`age\` in years; \`sex\` F (Gender = 0) or M (Gender = 1); \`unit\` MICU (Unit1 = 1), SICU (Unit2 = 1) or unknown (both
  empty, a documented category of the challenge).
- **Patient ids** were numbered anew in a random order within each hospital. That keeps the challenge's ids out; it does not anonymise: the values are the
  challenge's own.

${attrition(cohort)}

The last two conditions are counted in one step, since fewer than 11 patients fall to the latter alone.

## Features

Charted = share of the patients' ${cohort.schema.steps} hours that have a value. Values outside the range are left out (unobserved, not clipped) and
counted; counts from 1 to 10 are written <11. Values are stored as 32-bit numbers.

${features(cohort)}

## Known quirks

- The source held about 80 % of the patients of each public training set where \`provenance.attrition\` starts with 16,250 and 15,970.
- EtCO2 is never charted at hospital A: a metric on it is undefined there, not zero.
- Charting habits differ strongly between the hospitals (DBP, BaseExcess, HCO3, FiO2, Chloride), a real shift of the missingness.
- FiO2 is a fraction; values below 0.15 or above 1 (percentages, litres a minute, slips) are left out.
- The challenge lists magnesium in mmol/dL and lactate in mg/dL; the values show mg/dL and mmol/L, which is what this cohort says.
- A charted hour is an hour with a row in the source; a few patients (fewer than 11) have rows without any value.
- Some values are capped by the source (PaCO2 at 100, PTT at 150 at A and 250 at B).
- Age 89 is the highest at A and stands for 89 and above there; B goes to 100.
- Set A is believed to come from the hospital of the MIMIC databases: do not use MIMIC data as an independent holdout for A.

## Licence and citation

CC BY 4.0, see LICENSE.txt; to our best knowledge: the challenge's page is the authority, consult it before you publish a copy.

${physionet2019Citation}

Please also cite Goldberger AL, Amaral LAN, Glass L, et al. PhysioBank, PhysioToolkit, and PhysioNet. Circulation 101(23):e215-e220, 2000.
Changes to the original: selection of patients and hours, values outside the ranges left out, ids replaced, joined into Parquet.
The data are de-identified. Do not try to re-identify anyone.
`;
}

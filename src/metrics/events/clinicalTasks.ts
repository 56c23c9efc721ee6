import type { CohortSchema } from '../../cohort/types.js';
import type { Mode } from './eventSides.js';
import { itemsOf, type EventView } from './eventView.js';

/** What the second half of the window is asked about. */
export interface ClinicalTask {
  readonly name: string;
  readonly classes: number;
}

type Definition =
  | { readonly name: string; readonly items: readonly string[]; readonly limits: readonly number[] }
  | { readonly name: string; readonly drug: RegExp; readonly tables: readonly string[] };

const LAB_TABLES = ['labevents', 'lab'];
const VALUE_COLUMNS = ['valuenum', 'labresult'];
const INFUSIONS = ['inputevents', 'infusiondrug'];
const PRESCRIPTIONS = ['prescriptions', 'medication'];

/** The eleven tasks of MTTSeval: last value of a laboratory test in right-closed classes, or a drug given, in the second half. */
const DEFINITIONS: readonly Definition[] = [
  { name: 'creatinine', items: ['creatinine'], limits: [1.2, 2, 3.5, 5] },
  { name: 'platelets', items: ['platelet count', 'platelets x 1000'], limits: [20, 50, 100, 150] },
  { name: 'wbc', items: ['wbc count', 'white blood cells', 'wbc x 1000'], limits: [4, 12] },
  { name: 'hb', items: ['hemoglobin', 'hgb'], limits: [8, 10, 12] },
  { name: 'bicarbonate', items: ['bicarbonate'], limits: [22, 29] },
  { name: 'sodium', items: ['sodium'], limits: [135, 145] },
  { name: 'norepinephrine', drug: /norepinephrine/iu, tables: INFUSIONS },
  { name: 'propofol', drug: /propofol/iu, tables: INFUSIONS },
  { name: 'magnesium sulfate', drug: /magnesium sulfate/iu, tables: PRESCRIPTIONS },
  { name: 'heparin', drug: /heparin/iu, tables: PRESCRIPTIONS },
  { name: 'potassium chloride', drug: /potassium chloride|kcl/iu, tables: PRESCRIPTIONS },
];

export const clinicalTasks: readonly ClinicalTask[] = DEFINITIONS.map((task) => ({
  name: task.name,
  classes: 'limits' in task ? task.limits.length + 1 : 2,
}));

/** Fewer events than this in the first half leave a stay without labels. */
const LEAST_EVENTS = 6;

/** Last minute of the first half of the window. */
export const halfOf = ({ steps, stepHours }: CohortSchema): number => (60 * steps * stepHours) / 2;

/**
 * [task][stay] class, or −1 without a label: fewer than six events up to `half`, no value of the test after it, or (paper mode)
 * no row at all in the table of the drug. Null for a task whose table the cohort does not have.
 */
export function clinicalLabels(view: EventView, half: number, mode: Mode): readonly (Int8Array | null)[] {
  const early = new Uint32Array(view.stays);
  for (const { stay, minute } of view.tables)
    stay.forEach((own, row) => {
      if (minute[row]! <= half) early[own]!++;
    });
  return DEFINITIONS.map((task) => {
    const labels = 'limits' in task ? labOf(view, half, task) : drugOf(view, half, task, mode);
    labels?.forEach((_, stay) => {
      if (early[stay]! < LEAST_EVENTS) labels[stay] = -1;
    });
    return labels;
  });
}

function labOf(
  view: EventView,
  half: number,
  task: Extract<Definition, { limits: unknown }>,
): Int8Array | null {
  const table = view.tables.find(({ name }) => LAB_TABLES.includes(name.toLowerCase()));
  const column = table?.columns.find(({ name }) => VALUE_COLUMNS.includes(name.toLowerCase()));
  if (table === undefined || column?.kind !== 'continuous') return null;
  const { codes, levels } = itemsOf(table);
  const wanted = levels.map((level) => task.items.includes(level.toLowerCase()));
  const labels = new Int8Array(view.stays).fill(-1);
  // Rows of a stay are in the order of time: the last one stays.
  for (let row = 0; row < table.rows; row++) {
    const value = column.numbers[row]!;
    if (table.minute[row]! <= half || Number.isNaN(value) || wanted[codes[row]!] !== true) continue;
    labels[table.stay[row]!] = task.limits.filter((limit) => value > limit).length;
  }
  return labels;
}

function drugOf(
  view: EventView,
  half: number,
  task: Extract<Definition, { drug: unknown }>,
  mode: Mode,
): Int8Array | null {
  const table = view.tables.find(({ name }) => task.tables.includes(name.toLowerCase()));
  if (table === undefined) return null;
  const { codes, levels } = itemsOf(table);
  const wanted = levels.map((level) => task.drug.test(level));
  const labels = new Int8Array(view.stays).fill(mode === 'paper' ? -1 : 0);
  for (let row = 0; row < table.rows; row++) {
    const stay = table.stay[row]!;
    if (labels[stay]! < 0) labels[stay] = 0;
    if (table.minute[row]! > half && wanted[codes[row]!] === true) labels[stay] = 1;
  }
  return labels;
}

import type { CohortSchema, EventFeature, EventTable } from '../../cohort/types.js';
import { drugs } from './drugs.js';
import { infusions } from './infusions.js';
import { labItems } from './labItems.js';
import type { EventWorld } from './world.js';

/** Tables of the simulated events, named as in eICU. */
export const simulatedTables: readonly EventTable[] = [
  {
    name: 'lab',
    itemColumn: 'labname',
    columns: [
      { name: 'labname', kind: 'categorical' },
      { name: 'labmeasurenamesystem', kind: 'categorical' },
      { name: 'labresult', kind: 'continuous' },
      { name: 'ref_range_lower', kind: 'continuous' },
      { name: 'ref_range_upper', kind: 'continuous' },
      { name: 'flag', kind: 'categorical' },
    ],
  },
  {
    name: 'medication',
    itemColumn: 'drugname',
    columns: [
      { name: 'drugname', kind: 'categorical' },
      { name: 'dosage', kind: 'categorical' },
      { name: 'routeadmin', kind: 'categorical' },
      { name: 'frequency', kind: 'categorical' },
      { name: 'prn', kind: 'categorical' },
    ],
  },
  {
    name: 'infusiondrug',
    itemColumn: 'drugname',
    columns: [
      { name: 'drugname', kind: 'categorical' },
      { name: 'drugrate', kind: 'continuous' },
      { name: 'infusionrate', kind: 'continuous' },
      { name: 'patientweight', kind: 'continuous' },
    ],
  },
];

/** How the grid is made out of them: laboratory values, presence of infusions and of drug orders. */
export const simulatedGrid: readonly EventFeature[] = [
  ...labItems.map(({ item, feature }) => ({
    feature,
    table: 'lab',
    items: [item.toLowerCase()],
    column: 'labresult',
  })),
  ...infusions.map(({ item, feature }) => ({ feature, table: 'infusiondrug', items: [item], column: null })),
  ...drugs.map(({ item, feature }) => ({ feature, table: 'medication', items: [item], column: null })),
];

/** Columns and grid of a simulated event cohort. */
export function simulatedEventSchema({ options }: EventWorld): CohortSchema {
  return {
    name: 'simulated-events',
    stepHours: options.stepHours,
    steps: options.steps,
    features: [
      ...labItems.map(({ feature, unit }) => ({ name: feature, kind: 'continuous' as const, unit })),
      ...[...infusions, ...drugs].map(({ feature }) => ({ name: feature, kind: 'binary' as const })),
    ],
    statics: [
      { name: 'age', kind: 'continuous', unit: 'years' },
      { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
    ],
    labels: [{ name: 'mortality', kind: 'binary' }],
    provenance: {
      source: 'events simulated with planted truth',
      licence: 'CC0-1.0 (no data of patients)',
      createdBy: 'fedehr-bench, simulated-events',
    },
  };
}

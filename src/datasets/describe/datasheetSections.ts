import type { CohortDescription } from './description.js';
import {
  attritionTable,
  featureTable,
  hospitalTable,
  staticsTable,
  type DatasheetTable,
} from './datasheetTables.js';
import { oneLine, printedCount, printedNumber, withheldNote } from './printedText.js';

/** What people know of a cohort beyond its numbers. */
export interface DatasheetNotes {
  /** What it is and what it is for; one paragraph. */
  readonly about?: string;
  /** How stays, time and labels are defined; one line each. */
  readonly definitions?: readonly string[];
  /** What to beware of; one line each. */
  readonly quirks?: readonly string[];
}

/** One part of a datasheet in plain texts; Markdown and HTML escape them in their own way. */
export type DatasheetPart =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly table: DatasheetTable }
  | { readonly kind: 'figure'; readonly id: string };

const longest = 2000;

function list(items: readonly string[]): DatasheetPart[] {
  return items.length === 0 ? [] : [{ kind: 'list', items: items.map((item) => oneLine(item, longest)) }];
}

function provenanceItems({ provenance }: CohortDescription): string[] {
  const { source, licence, citation, createdBy, settings, sourceFiles, converted, unknownUnit } = provenance;
  return [
    `Source: ${source}`,
    `Licence: ${licence}`,
    ...(citation === undefined ? [] : [`Cite: ${citation}`]),
    `Made by: ${createdBy}`,
    ...(settings === undefined
      ? []
      : [
          `Settings: ${Object.entries(settings)
            .map(([key, value]) => `${key} ${value}`)
            .join(', ')}`,
        ]),
    ...(converted === undefined || converted.length === 0
      ? []
      : [
          `Units converted: ${converted.map(({ variable, from, values }) => `${variable} from ${from} (${values} values)`).join(', ')}`,
        ]),
    ...(unknownUnit === undefined || Object.keys(unknownUnit).length === 0
      ? []
      : [
          `Left out for an unknown unit: ${Object.entries(unknownUnit)
            .map(([name, count]) => `${name} (${count} values)`)
            .join(', ')}`,
        ]),
    ...(sourceFiles ?? []).map(
      ({ name, bytes, sha256 }) => `File ${name}: ${printedCount(bytes)} bytes, sha256 ${sha256}`,
    ),
  ];
}

/** A datasheet from head to foot. */
export function datasheetParts(
  description: CohortDescription,
  notes: DatasheetNotes,
  figureIds: readonly string[],
): readonly DatasheetPart[] {
  const { name, steps, stepHours, stays, patients, hospitals, features, labels, provenance } = description;
  const figures = (prefix: string): DatasheetPart[] =>
    figureIds.filter((id) => id.startsWith(prefix)).map((id) => ({ kind: 'figure', id }));
  const attrition = attritionTable(description);
  const statics = staticsTable(description);
  const definitions = labels.flatMap(({ name: label, definition }) =>
    definition === null ? [] : [`${label}: ${definition}`],
  );
  return [
    { kind: 'heading', text: `Datasheet: ${oneLine(name)}` },
    ...(notes.about === undefined
      ? []
      : [{ kind: 'paragraph', text: oneLine(notes.about, longest) } as const]),
    {
      kind: 'paragraph',
      text: `${printedCount(stays)} stays of ${printedCount(patients)} patients at ${hospitals.length} ${hospitals.length === 1 ? 'hospital' : 'hospitals'}; ${steps} steps of ${printedNumber(stepHours)} h from ICU admission; ${features.length} features, ${labels.length} ${labels.length === 1 ? 'label' : 'labels'}. ${withheldNote}`,
    },
    { kind: 'heading', text: 'Hospitals and labels' },
    ...list([...(notes.definitions ?? []), ...definitions]),
    { kind: 'table', table: hospitalTable(description) },
    {
      kind: 'paragraph',
      text: "Skew: Jensen–Shannon distance (base 2) of the label's distribution at the hospital to all hospitals.",
    },
    ...figures('patients'),
    ...figures('prevalence'),
    ...(attrition === null
      ? []
      : [{ kind: 'heading', text: 'Inclusion' } as const, { kind: 'table', table: attrition } as const]),
    { kind: 'heading', text: 'Features' },
    { kind: 'table', table: featureTable(description) },
    ...figures('observed'),
    ...(statics === null
      ? []
      : [{ kind: 'heading', text: 'Statics' } as const, { kind: 'table', table: statics } as const]),
    ...(hospitals.length < 2
      ? []
      : [{ kind: 'heading', text: 'Heterogeneity' } as const, ...figures('divergence')]),
    ...((notes.quirks ?? []).length + (provenance.notes ?? []).length === 0
      ? []
      : [{ kind: 'heading', text: 'Beware' } as const]),
    ...list([...(notes.quirks ?? []), ...(provenance.notes ?? [])]),
    { kind: 'heading', text: 'Provenance, licence, citation' },
    ...list(provenanceItems(description)),
    {
      kind: 'paragraph',
      text: 'If these are data of patients: they are de-identified; do not try to re-identify anyone.',
    },
  ];
}

import type { CohortDescription, LabelDescription } from './description.js';
import { distinctLines, oneLine, printedCount, printedNumber, printedShare } from './printedText.js';

/** A table of plain texts; the first `textColumns` columns are texts, the others numbers. */
export interface DatasheetTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly textColumns: number;
}

const mostHospitals = 60;

function labelCells(label: LabelDescription, k: number): string[] {
  const { prevalence, skew } = label.hospitals[k]!;
  return [printedShare(prevalence), printedNumber(skew)];
}

/** Patients, prevalence and label skew of each hospital; the largest ones where there are very many. */
export function hospitalTable(description: CohortDescription): DatasheetTable {
  const names = distinctLines(description.hospitals.map(({ id }) => id));
  const rows = [...description.hospitals.keys()]
    .filter(
      (k) => description.hospitals.length <= mostHospitals || description.hospitals[k]!.patients !== null,
    )
    .slice(0, mostHospitals);
  return {
    textColumns: 1,
    header: [
      'hospital',
      'patients',
      ...description.labels.flatMap(({ name }) => [`${oneLine(name)}, %`, `${oneLine(name)}, skew`]),
    ],
    rows: [
      ...rows.map((k) => [
        names[k]!,
        printedCount(description.hospitals[k]!.patients),
        ...description.labels.flatMap((label) => labelCells(label, k)),
      ]),
      [
        `all ${description.hospitals.length}`,
        printedCount(description.patients),
        ...description.labels.flatMap(({ prevalence }) => [printedShare(prevalence), '']),
      ],
    ],
  };
}

/** Inclusion steps with what remains after each, per hospital where that may be told. */
export function attritionTable(description: CohortDescription): DatasheetTable | null {
  if (description.attrition.length === 0) return null;
  const perHospital =
    description.hospitals.length <= 8 &&
    description.attrition.some(({ hospitals }) => hospitals.some((count) => count !== null));
  return {
    textColumns: 1,
    header: [
      'step',
      'remaining',
      ...(perHospital ? distinctLines(description.hospitals.map(({ id }) => id)) : []),
    ],
    rows: description.attrition.map(({ step, remaining, hospitals }) => [
      oneLine(step, 300),
      printedCount(remaining),
      ...(perHospital ? hospitals.map(printedCount) : []),
    ]),
  };
}

/** Unit, range, how often and with which values each feature is recorded, and how far hospitals are from the pool. */
export function featureTable(description: CohortDescription): DatasheetTable {
  const names = distinctLines(description.features.map(({ variable }) => variable.name));
  const furthest = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    textColumns: 3,
    header: [
      'feature',
      'kind',
      'unit',
      'range kept',
      'recorded, % of steps',
      'median (quartiles), or % of 1',
      'largest distance of a hospital',
      'left out as implausible',
    ],
    rows: description.features.map(
      ({ variable, observed, quartiles, prevalence, divergence, outOfRange }, feature) => [
        names[feature]!,
        variable.kind,
        variable.unit === undefined ? '' : oneLine(variable.unit),
        variable.range === undefined ? '' : `${variable.range[0]} to ${variable.range[1]}`,
        printedShare(observed),
        quartiles !== null
          ? `${printedNumber(quartiles[1])} (${printedNumber(quartiles[0])} to ${printedNumber(quartiles[2])})`
          : variable.kind === 'binary'
            ? `${printedShare(prevalence)} %`
            : '',
        printedNumber(furthest(divergence)),
        typeof outOfRange === 'number' ? printedCount(outOfRange) : outOfRange,
      ],
    ),
  };
}

/** Names, kinds and units of the statics. */
export function staticsTable(description: CohortDescription): DatasheetTable | null {
  if (description.statics.length === 0) return null;
  const names = distinctLines(description.statics.map(({ name }) => name));
  return {
    textColumns: 3,
    header: ['static', 'kind', 'unit or levels'],
    rows: description.statics.map(({ kind, unit, levels }, index) => [
      names[index]!,
      kind,
      levels === undefined ? oneLine(unit ?? '–') : oneLine(levels.join(', '), 300),
    ]),
  };
}

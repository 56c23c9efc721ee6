/** What a variable's numbers mean. Binary is 0 or 1; categorical is the index of a level. */
export type VariableKind = 'continuous' | 'binary' | 'categorical';

/** One measured or derived quantity: a time-varying feature, a static or a label. */
export interface Variable {
  readonly name: string;
  readonly kind: VariableKind;
  /** Unit as printed in reports, e.g. `bpm`. */
  readonly unit?: string;
  /** Plausible range, both ends included; a value outside is an input error. */
  readonly range?: readonly [number, number];
  /** Level names of a categorical variable, in index order. */
  readonly levels?: readonly string[];
}

/** Where a cohort came from. Free text; never holds identifiers of patients. */
export interface Provenance {
  readonly source: string;
  readonly licence: string;
  readonly createdBy: string;
  readonly citation?: string;
  /** Inclusion steps in order with the number of stays that remain after each, in all and per hospital. */
  readonly attrition?: readonly {
    readonly step: string;
    readonly remaining: number;
    readonly hospitals?: Readonly<Record<string, number>>;
  }[];
  /** Values left out at ingest because they lie outside the variable's range, per variable; 1…10 are written `<11`. */
  readonly outOfRange?: Readonly<Record<string, SuppressedCount>>;
  /** Values brought from another unit than the cohort's at ingest. */
  readonly converted?: readonly {
    readonly variable: string;
    readonly from: string;
    readonly values: SuppressedCount;
  }[];
  /** Values left out at ingest because their unit has no conversion, per variable. */
  readonly unknownUnit?: Readonly<Record<string, SuppressedCount>>;
  /** Files that the cohort was made from, relative to the source folder. */
  readonly sourceFiles?: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** What the ingest was asked for. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Definitions of the labels in words. */
  readonly labelDefinitions?: Readonly<Record<string, string>>;
  /** What a user of the cohort should know, e.g. source tables that were absent. */
  readonly notes?: readonly string[];
}

/** A count of patients' values; 1…10 are not written out. */
export type SuppressedCount = number | '<11';

/** One table of the event form: rows of `events.parquet` with this name in `table`, and the columns that they fill. */
export interface EventTable {
  readonly name: string;
  /** Column that says what the event is about, e.g. the name of the laboratory test. */
  readonly itemColumn: string;
  readonly columns: readonly { readonly name: string; readonly kind: 'continuous' | 'categorical' }[];
}

/** The columns of a cohort and its time grid. Step t covers hours [t·stepHours, (t+1)·stepHours) from ICU admission. */
export interface CohortSchema {
  readonly name: string;
  readonly stepHours: number;
  /** Number of steps T of the grid. */
  readonly steps: number;
  readonly features: readonly Variable[];
  readonly statics: readonly Variable[];
  readonly labels: readonly Variable[];
  readonly provenance: Provenance;
}

/**
 * Grid form of a cohort: N stays × T steps × F features, row-major.
 *
 * Missing is a mask, never a magic number: where `observed` is 0 the value is 0 and must not be read.
 * Steps at or beyond `length[i]` belong to no stay and are never observed.
 */
export interface Cohort {
  readonly schema: CohortSchema;
  /** Number of stays N. */
  readonly size: number;
  /** [N·T·F] */
  readonly values: Float32Array;
  /** [N·T·F], 1 = observed */
  readonly observed: Uint8Array;
  /** [N], number of steps of the stay, 1…T */
  readonly length: Uint16Array;
  /** [N], index into `hospitals` */
  readonly hospital: Uint16Array;
  /** Hospital ids, sorted; the same list in every part of a split. */
  readonly hospitals: readonly string[];
  /** [N] patient ids. They never leave the cohort: no report, log or error names them. */
  readonly patients: readonly string[];
  /** [N·S] */
  readonly statics: Float32Array;
  /** [N·S], 1 = known */
  readonly staticsObserved: Uint8Array;
  /** [N·L] */
  readonly labels: Float32Array;
  /** [N·L], 1 = known */
  readonly labelsObserved: Uint8Array;
}

/** The parts of one dataset; no patient is in two of them. */
export interface CohortSplit {
  /** Members: what generators are trained on. */
  readonly train: Cohort;
  /** Non-members: what every score is taken against. */
  readonly holdout: Cohort;
  /** Fresh real patients, disjoint from both: the `holdout` reference generator and attackers' knowledge. */
  readonly reference: Cohort;
}

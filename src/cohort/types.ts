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

/** How many stays a generator drew for those that passed its verification. */
export interface VerificationRecord {
  /** Stays that were asked for, and that were kept: fewer where the budget was spent. */
  readonly wanted: number;
  readonly kept: number;
  /** Stays that were drawn, and that passed; some of these may be more than wanted. */
  readonly drawn: number;
  readonly accepted: number;
  /** Rejected stays by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Events that were drawn and those that passed, of generators that draw refused events of a stay again. */
  readonly events?: { readonly drawn: number; readonly accepted: number };
  /** Of the real training events the share that lost a column to the length of the text, and of its tokens the share that is unknown. */
  readonly truncatedEvents: number;
  readonly unknownTokens: number;
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
  /** Only of synthetic cohorts whose generator verifies what it draws. */
  readonly verification?: VerificationRecord;
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

/** One column of an event table, a cell a row of the table. Missing is a mask: where `filled` is 0 the cell is 0 and must not be read. */
export type EventColumn =
  | { readonly kind: 'continuous'; readonly values: Float64Array; readonly filled: Uint8Array }
  | {
      readonly kind: 'categorical';
      /** Index into `levels`. */
      readonly codes: Int32Array;
      /** Texts of the whole cohort that the events were taken out of: a part may hold levels that none of its own cells has. */
      readonly levels: readonly string[];
      readonly filled: Uint8Array;
    };

/** How one feature of the grid is made out of events. */
export interface EventFeature {
  /** Name of the feature in the cohort's schema. */
  readonly feature: string;
  readonly table: string;
  /** Values of the table's item column that mean this feature, lower case. */
  readonly items: readonly string[];
  /** Numeric column whose last value in a step is the feature; null: the feature is binary, 1 in a step with such an event. */
  readonly column: string | null;
  /** Where events say their unit; absent: all count. An event in another unit does not count, one without a unit does. */
  readonly unit?: {
    /** Categorical columns with units, asked in this order for one of either list; a unit of neither in the last of them does not count. */
    readonly columns: readonly string[];
    /** The feature's own unit as it is written in them: lower case, without blanks. */
    readonly own: readonly string[];
    /** Known other units, written likewise. */
    readonly other: readonly string[];
  };
}

/**
 * Event form of a cohort's stays: M events in several tables. Every event is one row of its table, and every row one event. Events of stay i are `start[i]` … `start[i + 1] − 1`, ordered by
 * minute, then table, then row of the source.
 */
export interface CohortEvents {
  readonly tables: readonly EventTable[];
  /** How the grid is made out of them; features that are not named have no source among the events. */
  readonly grid: readonly EventFeature[];
  /** [N+1] */
  readonly start: Int32Array;
  /** [M] index into `tables` */
  readonly table: Uint8Array;
  /** [M] whole minutes from ICU admission, 0 … 60·steps·stepHours, both included */
  readonly minute: Int32Array;
  /** [M] row of the event in the columns of its table */
  readonly row: Int32Array;
  /** [table][column], in the order of `tables[table].columns` */
  readonly columns: readonly (readonly EventColumn[])[];
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
  /** The same stays as events; only of cohorts that come in the event form as well. */
  readonly events?: CohortEvents;
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

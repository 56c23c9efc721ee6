import type { Variable } from '../../cohort/types.js';
import type { FeatureSet } from './featureSet.js';

/** Column types that adapters ask for; everything else in a source table is left unread. */
export type SourceType = 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'VARCHAR' | 'TIMESTAMP' | 'DATE';

/** One table of a source, as its official documentation names it. */
export interface SourceTable {
  /** Name in lower case; files are matched without regard to case. */
  readonly name: string;
  /** File that holds the table, relative to the source folder; instead of a search by name. */
  readonly file?: string;
  /** Subfolder in which the release keeps the table, if any. */
  readonly folder?: string;
  /** Columns that the SQL files use, in lower case, with their types. */
  readonly columns: Readonly<Record<string, SourceType>>;
  /** `needed`: without it nothing can be made. `optional`: an absent table is read as empty, with a warning. */
  readonly presence: 'needed' | 'optional';
  /** All Parquet files of the folder, or of its subfolder `data`, make up the table, whatever their names. */
  readonly everyParquet?: boolean;
  /** Other spellings of a column, e.g. MEDS' `numeric_value` | `value`; the first that the file has is taken. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Columns that may be absent from the file: read as null. */
  readonly absentAsNull?: readonly string[];
}

/** An outcome that an adapter can attach to every stay. */
export interface SourceLabel {
  /** The definition in words, as printed in documentation and `cohort.json`. */
  readonly definition: string;
  /** Tables that the definition reads besides those of the stays. */
  readonly tables: readonly string[];
  /** File with one SELECT of (stay, value) beside the adapter; stays it does not give have 0, null values are unknown. */
  readonly sql: string;
}

/** A SELECT of (stay, minute, feature, value, unit) over one source table, in a file beside the adapter. */
export interface MeasurementSource {
  /** The SELECT is of (stay, minute, one column an item) instead, in lower case; there is one origin. */
  readonly wide?: true;
  /** Names of tables under which the concept dictionary lists the items that this query gives. */
  readonly origins: readonly string[];
  readonly tables: readonly string[];
  readonly sql: string;
}

/** A SELECT of (stay, first_minute, last_minute, drug) over one source table, in a file beside the adapter. */
export interface DrugSource {
  readonly tables: readonly string[];
  readonly sql: string;
}

/** One table of the event form: a SELECT of (stay, minute, source_row, columns…) in a file beside the adapter. */
export interface EventSource {
  readonly name: string;
  readonly itemColumn: string;
  readonly columns: readonly { readonly name: string; readonly kind: 'continuous' | 'categorical' }[];
  readonly tables: readonly string[];
  readonly sql: string;
}

/** What turns one kind of source folder into stays, measurements, drug exposures and events. */
export interface IngestAdapter {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly citation: string;
  /** Names under which the concept dictionary lists this source's items, most specific first. */
  readonly itemsOf: readonly string[];
  readonly tables: readonly SourceTable[];
  /** Text of one of the adapter's SQL files. */
  readonly sql: (file: string) => Promise<string>;
  /**
   * File that creates the table `candidates`: one row an ICU stay with stay, patient, admission, stay_order, minutes
   * (length of the ICU stay), age, one column a grouping and one a static.
   */
  readonly stays: { readonly tables: readonly string[]; readonly sql: string };
  /** Choices of --hospital-by: columns of `candidates`. The first is the default. */
  readonly groupings: readonly string[];
  readonly statics: readonly Variable[];
  readonly labels: Readonly<Record<string, SourceLabel>>;
  readonly measurements: readonly MeasurementSource[];
  readonly drugs: readonly DrugSource[];
  readonly events: readonly EventSource[];
  /** Features that come with the source, instead of those of --features. */
  readonly featureSet?: FeatureSet;
  /** SQL condition on `candidates` that the event form adds, with its name in the attrition; see rawmed §1.1. */
  readonly eventCondition?: { readonly step: string; readonly condition: string };
}

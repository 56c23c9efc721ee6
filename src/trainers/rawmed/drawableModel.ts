import type { CohortEvents, CohortSchema } from '../../cohort/types.js';
import type { EngineName } from '../../engine/contract.js';
import type { Random } from '../../engine/random.js';
import type { RawmedParameters } from './parameters.js';
import type { DecodedEvent } from './text/decodeEvent.js';
import type { TextStatistics } from './text/encodeEvents.js';
import type { EventJudge } from './training/stayDrafts.js';
import type { VerificationRules } from './verification/verificationRules.js';

/** What a trained generator of event texts must know to draw verified stays, whatever it draws them with. */
export interface DrawableModel {
  readonly trainer: { readonly id: string; readonly version: number };
  readonly parameters: Pick<RawmedParameters, 'statics' | 'time' | 'sampling'>;
  readonly schema: CohortSchema;
  /** All hospitals of the training cohort, in its order, and their training stays. */
  readonly hospitals: readonly string[];
  readonly stays: Readonly<Record<string, number>>;
  /** Tables as the cohort has them, and how its grid is made out of them. */
  readonly source: Pick<CohortEvents, 'tables' | 'grid'>;
  /** Tables as the text has them: with the stay's own and with a column of time where parameters ask for them. */
  readonly tables: CohortEvents['tables'];
  readonly window: number;
  readonly rules: VerificationRules;
  readonly statistics: TextStatistics;
  /** What provenance says of every cohort that it draws. */
  readonly notes?: readonly string[];
}

/** An event as it was drawn. */
export interface DrawnIds {
  /** Minute that was drawn beside the text; null where none was; undefined where the text says it. */
  readonly minute: number | null | undefined;
  /** Ids that say the event. */
  readonly codes: readonly number[];
}

/** Reads events from their codes, through the decoder and the parser. */
export interface EventReader {
  /** @param codes of any number of events */
  read(codes: readonly (readonly number[])[]): Promise<readonly DecodedEvent[]>;
  dispose(): Promise<void>;
}

/** Draws stays that nobody has verified yet. */
export interface StayDrawer {
  readonly reader: EventReader;
  /** Stays in the order in which they began. */
  sample(count: number, random: Random): Promise<readonly (readonly DrawnIds[])[]>;
  dispose(): Promise<void>;
}

export interface DrawerSettings {
  /** Stays that are drawn side by side. */
  readonly rows: number;
  readonly engine: EngineName;
  readonly signal?: AbortSignal;
  /** Judge of single events, which reads them with the drawer's own reader. */
  readonly judge: (reader: EventReader) => EventJudge;
}

/** Makes a trained model ready to draw. */
export type OpenDrawer = (settings: DrawerSettings) => Promise<StayDrawer>;

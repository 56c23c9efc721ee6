import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';

/** Which hospitals (groups of --hospital-by) take part. */
export type HospitalFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'min'; readonly stays: number }
  | { readonly kind: 'ids'; readonly ids: readonly string[] };

/** What `fedehr ingest` is asked for. */
export interface IngestOptions {
  /** Folder with the source as its publisher ships it. */
  readonly from: string;
  /** Cohort folder to write. */
  readonly out: string;
  /** Observation window from ICU admission, minutes; default: of the feature set. */
  readonly windowMinutes?: number;
  /** Length of a grid step, minutes; default: of the feature set. */
  readonly stepMinutes?: number;
  /** `drugs-labs`, `vitals-labs` or the path of a feature file. */
  readonly features: string;
  readonly hospitals: HospitalFilter;
  /** What counts as a hospital; default: the adapter's first grouping. */
  readonly hospitalBy?: string;
  /** Names of labels; all must be known to the adapter. */
  readonly labels: readonly string[];
  /** Only stays of patients known to be 18 or older. */
  readonly adults: boolean;
  /** Only the first qualifying ICU stay of a hospital stay. */
  readonly firstStay: boolean;
  readonly form: 'grid' | 'events';
  /** Measurements in a unit without a conversion: refuse, or leave out and count. */
  readonly unknownUnits: 'error' | 'drop';
  /** Mapping file; only for the dataset `table`. */
  readonly mapping?: string;
  /** Memory that DuckDB may use, e.g. `3GB`; what does not fit goes to a temporary folder beside `out`. */
  readonly memory: string;
  /** Disk that the temporary folder may use, e.g. `200GB`; unlimited when left out. */
  readonly temporaryDisk?: string;
  readonly threads: number;
}

const minutesPer: Readonly<Record<string, number>> = { m: 1, min: 1, h: 60, d: 1440 };

/** `72h`, `30min` or `3d` in minutes. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d{1,6})\s*(m|min|h|d)$/.exec(text.trim());
  const minutes = Number(match?.[1]) * (minutesPer[match?.[2] ?? ''] ?? Number.NaN);
  if (!(minutes > 0))
    throw new InputError({
      place: option,
      expected: 'a duration such as 72h, 30min or 3d',
      found: `'${text}'`,
      remedy: 'Write a whole number and its unit: min, h or d.',
    });
  return minutes;
}

/** `min=50` or `ids=167,420`. */
export function parseHospitals(text: string): HospitalFilter {
  const [key, value = ''] = text.split(/=(.*)/s, 2);
  if (key === 'min' && /^[1-9]\d{0,8}$/.test(value)) return { kind: 'min', stays: Number(value) };
  const ids = value
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (key === 'ids' && ids.length > 0) return { kind: 'ids', ids };
  throw new InputError({
    place: '--hospitals',
    expected: 'min=N (at least N stays) or ids=A,B,…',
    found: `'${text}'`,
    remedy: 'For example --hospitals min=50 or --hospitals ids=167,420.',
  });
}

/** One of a few words. @throws InputError with the likely meaning */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw new InputError({
    place: option,
    expected: choices.join(' | '),
    found: `'${text}'`,
    remedy: didYouMean(text, choices),
  });
}

/** Number of steps of the grid. @throws InputError unless the step divides the window into 1…65535 steps */
export function gridSteps(windowMinutes: number, stepMinutes: number): number {
  const steps = windowMinutes / stepMinutes;
  if (!Number.isInteger(steps) || steps > 65535)
    throw new InputError({
      place: '--step',
      expected: 'a step that divides the window into a whole number of at most 65535 steps',
      found: `${windowMinutes} min in steps of ${stepMinutes} min`,
      remedy: 'For example --window 72h --step 12h or --window 24h --step 1h.',
    });
  return steps;
}

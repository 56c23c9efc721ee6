import { staysByPatient, type StaysByPatient } from '../text/staysByPatient.js';

/** Extent and size of the events under one key. */
export interface EventGroup {
  events: number;
  patients: number;
  smallest: number;
  largest: number;
  /** Smallest and largest value of every patient; empty unless they are kept. */
  readonly lows: number[];
  readonly highs: number[];
}

/** Groups events by key and counts their patients without keeping who they are. */
export class PatientGroups {
  readonly #groups = new Map<string, EventGroup & { last: number }>();
  readonly #stays: StaysByPatient;
  #patient = -1;

  readonly #extremes: boolean;

  /**
   * @param patients [N] patient of every stay
   * @param extremes whether every patient's smallest and largest value are kept
   */
  constructor(patients: readonly string[], extremes = false) {
    this.#extremes = extremes;
    this.#stays = staysByPatient(patients);
  }

  /** Calls back for every stay, the stays of a patient one after another; adding is allowed only inside. */
  eachStay(visit: (stay: number) => void): void {
    for (const stay of this.#stays.order) {
      this.#patient = this.#stays.patient[stay]!;
      visit(stay);
    }
  }

  /** Adds an event of the current stay. */
  add(key: string, value: number): void {
    let group = this.#groups.get(key);
    if (group === undefined)
      this.#groups.set(
        key,
        (group = {
          events: 0,
          patients: 0,
          smallest: Infinity,
          largest: -Infinity,
          lows: [],
          highs: [],
          last: -1,
        }),
      );
    group.events += 1;
    const known = group.last === this.#patient;
    if (!known) group.patients += 1;
    group.last = this.#patient;
    if (this.#extremes) {
      const at = group.patients - 1;
      group.lows[at] = known ? Math.min(group.lows[at]!, value) : value;
      group.highs[at] = known ? Math.max(group.highs[at]!, value) : value;
    }
    group.smallest = Math.min(group.smallest, value);
    group.largest = Math.max(group.largest, value);
  }

  get(key: string): Readonly<EventGroup> | undefined {
    return this.#groups.get(key);
  }
}

import { staysByPatient, type StaysByPatient } from '../text/staysByPatient.js';

/** Extent and size of the events under one key. */
export interface EventGroup {
  events: number;
  patients: number;
  smallest: number;
  largest: number;
}

/** Groups events by key and counts their patients without keeping who they are. */
export class PatientGroups {
  readonly #groups = new Map<string, EventGroup & { last: number }>();
  readonly #stays: StaysByPatient;
  #patient = -1;

  /** @param patients [N] patient of every stay */
  constructor(patients: readonly string[]) {
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
        (group = { events: 0, patients: 0, smallest: Infinity, largest: -Infinity, last: -1 }),
      );
    group.events += 1;
    if (group.last !== this.#patient) group.patients += 1;
    group.last = this.#patient;
    group.smallest = Math.min(group.smallest, value);
    group.largest = Math.max(group.largest, value);
  }

  get(key: string): Readonly<EventGroup> | undefined {
    return this.#groups.get(key);
  }
}

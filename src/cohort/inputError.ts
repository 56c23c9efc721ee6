/** Where in the input something is wrong, and how to mend it. */
export interface InputFault {
  /** What was expected, in the user's terms. */
  readonly expected: string;
  /** What was found instead. Never a real patient's row. */
  readonly found: string;
  /** File or folder as the user named it. */
  readonly file?: string;
  /** Place inside the file, e.g. `row 17, column HR` or `trainers[0].id`. */
  readonly place?: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Wrong usage or bad input: the command ends with exit code 2 and nothing half-written. */
export class InputError extends Error {
  readonly fault: InputFault;

  constructor(fault: InputFault) {
    const where = [fault.file, fault.place].filter((part) => part !== undefined).join(', ');
    super(
      `${where === '' ? '' : `${where}: `}expected ${fault.expected}, found ${fault.found}. ${fault.remedy}`,
    );
    this.name = 'InputError';
    this.fault = fault;
  }
}

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

/** Longest part of a message. */
const LONGEST_PART = 2000;

/** Text on one line of bounded length, without what steers a terminal or reorders text: parts of messages come from files and other machines. */
export function onOneLine(text: string): string {
  const line = text
    .slice(0, LONGEST_PART)
    .replace(/[\p{Cc}\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu, ' ');
  return text.length > LONGEST_PART ? `${line}…` : line;
}

/** Wrong usage or bad input: the command ends with exit code 2 and nothing half-written. */
export class InputError extends Error {
  readonly fault: InputFault;

  constructor(fault: InputFault) {
    const where = [fault.file, fault.place]
      .filter((part) => part !== undefined)
      .map(onOneLine)
      .join(', ');
    super(
      `${where === '' ? '' : `${where}: `}expected ${onOneLine(fault.expected)}, found ${onOneLine(fault.found)}. ${onOneLine(fault.remedy)}`,
    );
    this.name = 'InputError';
    this.fault = fault;
  }
}

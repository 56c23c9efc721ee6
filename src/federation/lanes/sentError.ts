import { InputError, type InputFault } from '../../cohort/inputError.js';
import { HospitalUnavailable } from '../hospitalUnavailable.js';
import { TrainingFailure } from '../trainingFailure.js';

/** An error as plain data that another thread makes an error of the same type from. */
export interface SentError {
  readonly type: 'input' | 'training' | 'unavailable' | 'other';
  readonly message: string;
  readonly stack: string;
  /** Of an `input` error. */
  readonly fault?: InputFault;
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { type: 'other', message: String(error), stack: '' };
  const { message, stack = '' } = error;
  if (error instanceof InputError) return { type: 'input', message, stack, fault: error.fault };
  if (error instanceof TrainingFailure) return { type: 'training', message, stack };
  return { type: error instanceof HospitalUnavailable ? 'unavailable' : 'other', message, stack };
}

function sameType({ type, message, fault }: SentError): Error {
  if (type === 'input' && fault !== undefined) return new InputError(fault);
  if (type === 'training') return new TrainingFailure(message);
  return type === 'unavailable' ? new HospitalUnavailable(message) : new Error(message);
}

/** The error with its type, message and the stack of the thread where it happened. */
export function receiveError(sent: SentError): Error {
  const error = sameType(sent);
  error.stack = sent.stack;
  return error;
}

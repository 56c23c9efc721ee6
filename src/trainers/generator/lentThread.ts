import type { MessagePort } from 'node:worker_threads';
import { receiveError, sendError, type SentError } from '../../federation/lanes/sentError.js';
import type { AutoencoderWidths } from '../../federation/generatorModels.js';
import type { HospitalCalibration, TrainedParts } from './trainedParts.js';

/** What the server asks of a thread that has nothing else to do: the corrections of one hospital, from what the server holds. */
export interface CalibrationRequest {
  readonly parts: TrainedParts;
  /** Of the autoencoder that was trained. */
  readonly widths: AutoencoderWidths;
  readonly hospital: string;
}

/** Corrections of a hospital, and the variance of the scores that they were measured on. */
export interface MeasuredHospital {
  readonly calibration: HospitalCalibration;
  /** 1 for real scores, near 0 after a collapse. */
  readonly varianceRatio: number;
}

type Answer = { readonly measured: MeasuredHospital } | { readonly error: SentError };

/** A lane's thread that works for the server once its hospitals have trained. Its answers depend on the request alone, never on rows. */
export interface LentThread {
  calibrate(request: CalibrationRequest): Promise<MeasuredHospital>;
}

/** The server's end. One request at a time; a thread that ends before it answers is an error. */
export function lentThread(port: MessagePort): LentThread {
  let closed = false;
  let fail: ((error: Error) => void) | null = null;
  const ended = (): Error => new Error('a thread ended before it calibrated a hospital');
  port.once('close', () => {
    closed = true;
    fail?.(ended());
  });
  return {
    calibrate: (request) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(ended());
          return;
        }
        fail = reject;
        port.once('message', (answer: Answer) => {
          if ('error' in answer) reject(receiveError(answer.error));
          else resolve(answer.measured);
        });
        port.postMessage(request);
      }),
  };
}

/** The thread's end; serves until the port closes. */
export function lendThread(
  port: MessagePort,
  measure: (request: CalibrationRequest) => Promise<MeasuredHospital>,
): void {
  port.on('message', (request: CalibrationRequest) => {
    measure(request).then(
      (measured) => port.postMessage({ measured } satisfies Answer),
      (error: unknown) => port.postMessage({ error: sendError(error) } satisfies Answer),
    );
  });
}

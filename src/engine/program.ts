import type { Arrays, EngineOptions, Shape, Step } from './contract.js';
import { openEager } from './eager.js';
import { openSession } from './onnx/session.js';

/** A step made ready to run on some engine. */
export interface Program {
  /**
   * Runs the step. Outputs named in `into` are written to those arrays; the others come back in fresh ones. The arrays
   * of `inputs` and `into` must not be touched before the promise resolves.
   */
  run(inputs: Arrays, into?: Arrays): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** Opens a step on the chosen engine. */
export function openProgram(
  step: Step,
  inputs: Readonly<Record<string, Shape>>,
  options: EngineOptions,
): Promise<Program> {
  return options.engine === 'onnx'
    ? openSession(step, inputs, options.threads ?? 1)
    : openEager(step, inputs, options.engine);
}

import type { Arrays, EngineOptions, Shape, Step } from './contract.js';
import { openEager } from './eager.js';
import { openSession } from './onnx/session.js';

/** How a step is repeated within one run. */
export interface Repetition {
  /** Inputs that are also outputs: what one time gives, the next takes. */
  readonly state: readonly string[];
  /** Inputs that differ from time to time. Their arrays hold one after the other, as do those of outputs that are no state. */
  readonly each: readonly string[];
}

/** A step made ready to run on some engine. */
export interface Program {
  /**
   * Runs the step. Outputs named in `into` are written to those arrays; the others come back in fresh ones. The arrays
   * of `inputs` and `into` must not be touched before the promise resolves.
   * @param times how often a repeated step runs; 1 where left out
   */
  run(inputs: Arrays, into?: Arrays, times?: number): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** Opens a step on the chosen engine. */
export function openProgram(
  step: Step,
  inputs: Readonly<Record<string, Shape>>,
  options: EngineOptions,
  repetition?: Repetition,
): Promise<Program> {
  return options.engine === 'onnx'
    ? openSession(step, inputs, options.threads ?? 1, repetition)
    : openEager(step, inputs, options.engine, repetition);
}

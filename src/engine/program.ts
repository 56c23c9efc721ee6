import type { EngineOptions, Program, Repetition, Shape, Step } from './contract.js';
import { openEager } from './eager.js';
import { openSession } from './onnx/session.js';

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

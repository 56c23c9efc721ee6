import type { CompiledStep, EngineOptions, Shape, Step } from './contract.js';
import { openProgram } from './program.js';

/**
 * Makes a step ready to run on the chosen engine.
 * @param inputs shapes of the step's inputs, by name; fixed for the life of the compiled step
 * @throws InputError when the engine's package is not installed; UnknownKernelError when the step uses an operation
 * that the onnx engine does not translate
 */
export async function compileStep(
  step: Step,
  inputs: Readonly<Record<string, Shape>>,
  options: EngineOptions,
): Promise<CompiledStep> {
  const program = await openProgram(step, inputs, options);
  return { run: (arrays, into) => program.run(arrays, into), dispose: () => program.dispose() };
}

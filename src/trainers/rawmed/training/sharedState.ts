import type { EngineOptions, TrainingDefinition, TrainingStep } from '../../../engine/contract.js';
import { compileTraining } from '../../../engine/training.js';

/** One model's training steps, compiled for batches of several sizes, that hand one state on. */
export interface StepsOfOneState {
  /** The step that has the state. */
  present(): TrainingStep;
  /** The step of a size, with the state. */
  at(size: number): Promise<TrainingStep>;
  dispose(): Promise<void>;
}

/**
 * @param definitions one for every size, of one layout; the first is compiled at once, every other when it is first asked for
 */
export async function stepsOfOneState(
  definitions: readonly TrainingDefinition[],
  engine: EngineOptions,
): Promise<StepsOfOneState> {
  const steps = new Map<number, TrainingStep>([[0, await compileTraining(definitions[0]!, engine)]]);
  let present = 0;
  return {
    present: () => steps.get(present)!,
    async at(size) {
      const step = steps.get(size) ?? (await compileTraining(definitions[size]!, engine));
      steps.set(size, step);
      if (size !== present) step.load(steps.get(present)!.state());
      present = size;
      return step;
    },
    async dispose() {
      for (const step of steps.values()) await step.dispose();
    },
  };
}

import type { RoundEvent, TrainContext } from '../contract.js';
import type { ResumableStage, Surroundings } from '../stagedTraining.js';
import type { LoopCallbacks, LoopSettings, LoopState } from './training/trainingLoop.js';

/** The events of past rounds, kept beside the stages and put back in front of those to come. */
export const pastRounds = (rounds: RoundEvent[]): Surroundings<readonly RoundEvent[]> => ({
  collect: () => Promise.resolve(rounds),
  restore(kept) {
    rounds.push(...kept);
    return Promise.resolve();
  },
});

/** Callbacks of a stage, of which every validation is a round. */
export function watchedStage<State, Learnt>(
  stage: string,
  settings: LoopSettings,
  rows: number,
  context: TrainContext,
  rounds: RoundEvent[],
  { resume, keep }: ResumableStage<LoopState<State, Learnt>>,
): LoopCallbacks<State, Learnt> & { readonly passes: () => number } {
  const every = settings.validateEvery ?? Math.ceil(rows / settings.batch);
  let updates = resume?.updates ?? 0;
  return {
    resume,
    keep,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
    passes: () => (updates * settings.batch) / rows,
    onProgress: (progress) => {
      updates = progress.updates;
      const { loss, ...monitors } = progress.monitors;
      const event: RoundEvent = {
        kind: 'round',
        stage,
        round: Math.ceil(updates / every),
        rounds: Math.ceil(settings.updates / every),
        loss: loss!,
        monitors: { ...monitors, validationAccuracy: progress.accuracy },
      };
      rounds.push(event);
      context.emit(event);
    },
  };
}

import type { RoundEvent, TrainContext } from '../contract.js';
import type { LoopCallbacks, LoopSettings } from './training/trainingLoop.js';

/** Callbacks of a stage, of which every validation is a round. */
export function watchedStage(
  stage: string,
  settings: LoopSettings,
  rows: number,
  context: TrainContext,
  rounds: RoundEvent[],
): LoopCallbacks & { readonly passes: () => number } {
  const every = settings.validateEvery ?? Math.ceil(rows / settings.batch);
  let updates = 0;
  return {
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

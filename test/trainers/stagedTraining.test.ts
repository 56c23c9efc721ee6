import { describe, expect, it } from 'vitest';
import type { Checkpoints } from '../../src/trainers/checkpoints.js';
import type { TrainingEvent } from '../../src/trainers/contract.js';
import { takeUpStages, type StagedTraining } from '../../src/trainers/stagedTraining.js';

/** Checkpoints in memory. */
function memory(): Checkpoints {
  let kept: unknown;
  return {
    load: () => Promise.resolve(kept),
    save: async (_, state) => void (kept = await state()),
  };
}

function begun(
  checkpoints: Checkpoints | undefined,
  form: number,
): Promise<{ stages: StagedTraining<string>; events: TrainingEvent[]; restored: string[] }> {
  const events: TrainingEvent[] = [];
  const restored: string[] = [];
  const surroundings = {
    collect: () => Promise.resolve('ledger'),
    restore: (kept: string) => Promise.resolve(void restored.push(kept)),
  };
  const emit = (event: TrainingEvent) => void events.push(event);
  return takeUpStages<string, string>(checkpoints, { form, surroundings, emit }).then((stages) => ({
    stages,
    events,
    restored,
  }));
}

/** As a training leaves it that was killed in the third round of its second stage. */
async function killed(): Promise<Checkpoints> {
  const checkpoints = memory();
  const { stages } = await begun(checkpoints, 1);
  await (await stages.begin('one', null)).keep(() => ({ round: 9 }));
  await (await stages.begin('two', 'end of one')).keep(() => ({ round: 2 }));
  return checkpoints;
}

describe('a training in stages', () => {
  it('goes on in the stage that was interrupted, knows how those before ended, and says so', async () => {
    const { stages, events, restored } = await begun(await killed(), 1);
    expect([stages.ended, stages.interrupted]).toEqual(['end of one', { round: 2 }]);
    expect((await stages.begin('two', stages.ended)).resume).toEqual({ round: 2 });
    expect(events).toEqual([{ kind: 'resumed', stage: 'two', done: 2 }]);
    expect(restored).toEqual(['ledger']);
  });

  it.each<[string, () => Promise<Checkpoints | undefined>, number]>([
    ['whose state has another form', killed, 2],
    ['that kept nothing', () => Promise.resolve(memory()), 1],
    ['without checkpoints', () => Promise.resolve(undefined), 1],
  ])('%s begins anew', async (_, checkpoints, form) => {
    const { stages, events, restored } = await begun(await checkpoints(), form);
    expect([stages.ended, stages.interrupted]).toEqual([null, undefined]);
    const stage = await stages.begin('two', null);
    expect(stage.resume).toBeUndefined();
    await stage.keep(() => ({ round: 1 }));
    expect([events, restored]).toEqual([[], []]);
  });
});

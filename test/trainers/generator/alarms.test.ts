import { describe, expect, it } from 'vitest';
import { TrainingFailure } from '../../../src/federation/trainingFailure.js';
import type { TrainingEvent } from '../../../src/trainers/contract.js';
import { watchCollapse, watchDivergence } from '../../../src/trainers/generator/alarms.js';

const warning = { collapse: 'warn', divergence: 'warn' } as const;
const stopping = { collapse: 'stop', divergence: 'stop' } as const;

function warnings(act: (emit: (event: TrainingEvent) => void) => void): string[] {
  const found: string[] = [];
  act((event) => {
    if (event.kind === 'warning') found.push(event.message);
  });
  return found;
}

describe('T7: collapse alarms', () => {
  const collapse = (
    activeUnits: number | null,
    varianceRatio: number,
    output: 'latent' | 'observations' = 'latent',
  ): string[] =>
    warnings((emit) =>
      watchCollapse(
        { alarms: warning, tcvae: { output } },
        activeUnits === null ? undefined : { monitors: { activeUnits } },
        varianceRatio,
        emit,
      ),
    );

  it('fire below 2 active units and below a variance ratio of 0.2, and only then', () => {
    expect(collapse(2, 0.2)).toEqual([]);
    expect(collapse(1.9, 0.2)).toEqual([expect.stringMatching(/1\.9 active units/)]);
    expect(collapse(2, 0.19)).toEqual([expect.stringMatching(/vary 0\.190 times/)]);
    expect(collapse(0, 0)).toHaveLength(2);
    expect(collapse(null, 0.9)).toEqual([]);
  });

  it('leave an idle code alone where the decoder draws observations, but no lack of variance', () => {
    expect(collapse(0, 0.9, 'observations')).toEqual([]);
    expect(collapse(0, 0.1, 'observations')).toEqual([expect.stringMatching(/vary 0\.100 times/)]);
  });

  it('stop the training when they are told to, and always at numbers that are not finite', () => {
    const emit = (): void => undefined;
    const latent = { tcvae: { output: 'latent' } } as const;
    expect(() =>
      watchCollapse({ alarms: stopping, ...latent }, { monitors: { activeUnits: 0 } }, 0.9, emit),
    ).toThrow(TrainingFailure);
    expect(() => watchCollapse({ alarms: warning, ...latent }, undefined, Number.NaN, emit)).toThrow(
      /not finite/,
    );
  });
});

describe('the divergence alarm', () => {
  const rounds = (...losses: number[]): TrainingEvent[] =>
    losses.map((loss, i) => ({
      kind: 'round',
      stage: 'tcvae',
      round: i + 1,
      rounds: losses.length,
      loss,
    }));
  const run = (...losses: number[]): string[] =>
    warnings((emit) => rounds(...losses).forEach(watchDivergence(warning, emit)));

  it('fires once, and only for a loss far above its first round', () => {
    expect(run(34, 20, 5, -8)).toEqual([]);
    expect(run(34, 370)).toEqual([]);
    expect(run(34, 20, 375, 900)).toEqual([
      expect.stringMatching(/rose from 34\.0 in round 1 to 375 in round 3/),
    ]);
  });

  it('grants a start near zero what a warmed-up divergence term adds', () => {
    expect(run(0.01, 90)).toEqual([]);
    expect(run(-0.5, 101)).toHaveLength(1);
  });

  it('fires in the first round when that already exploded', () => {
    expect(run(2e11, 1e11)).toEqual([expect.stringMatching(/is 2\.00e\+11 in round 1/)]);
  });

  it('passes every round on before it stops the training', () => {
    const seen: TrainingEvent[] = [];
    const watch = watchDivergence(stopping, (event) => seen.push(event));
    expect(() => rounds(1, 1e6).forEach(watch)).toThrow(TrainingFailure);
    expect(seen).toHaveLength(2);
  });
});

import { expect, it } from 'vitest';
import { trainingTable } from '../../src/report/index.js';
import type { TrainingRecord } from '../../src/run/contract.js';
import { fixture } from './fixture.js';

const results = fixture();

const record = (seed: number, globalLoss: number, moved: readonly number[]): TrainingRecord => ({
  dataset: 'simulated',
  trainer: 'fedehr-gen',
  variant: 'default',
  seed,
  seconds: 1,
  ledger: {
    bytesUp: 1.5e6,
    bytesDown: 2.5e6,
    synchronisations: 12,
    epochs: { autoencoder: 4 },
    rounds: [
      ...moved.map((movedShare, i) => ({
        kind: 'round' as const,
        stage: 'autoencoder',
        round: i + 1,
        rounds: moved.length,
        loss: 30 - i,
        monitors: { movedShare, globalLoss: globalLoss + 10 * (moved.length - 1 - i) },
      })),
      { kind: 'round' as const, stage: 'tcvae', round: 1, rounds: 1, loss: 99 },
    ],
  },
});

it('tells the first stage of every generator: last losses, moved neurons, megabytes and synchronisations, means over seeds', () => {
  const table = trainingTable({
    ...results,
    training: [record(0, 40, [0.8, 0.1, 0]), record(1, 44, [0.9, 0, 0.2])],
  });
  const row = table.split('\n').find((line) => line.startsWith('fedehr-gen'))!;
  expect(row.split(/ {2,}/u)).toEqual(['fedehr-gen', '28.00', '42.00', '85 %', '15 %', '4.0', '12']);
});

it('shows a dash where nothing was matched or measured, and nothing without trainings', () => {
  const plain = record(0, 0, [0]);
  const table = trainingTable({
    ...results,
    training: [
      {
        ...plain,
        ledger: { ...plain.ledger, rounds: plain.ledger.rounds.map((round) => ({ ...round, monitors: {} })) },
      },
    ],
  });
  expect(table.split('\n').at(-1)!.split(/ {2,}/u).slice(1)).toEqual(['30.00', '–', '–', '–', '4.0', '12']);
  expect(trainingTable({ ...results, training: [] })).toBe('');
});

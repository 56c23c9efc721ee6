import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaOfRound, type BetaSchedule } from '../../../src/trainers/generator/betaSchedule.js';

const course = (schedule: BetaSchedule): number[] =>
  Array.from({ length: schedule.rounds }, (_, i) => betaOfRound(schedule, i + 1));

describe('β by global round', () => {
  it('rises linearly over its share of the rounds and stays', () => {
    const linear = { beta: 2, betaWarmup: 0.5, betaSchedule: 'linear', rounds: 8 } as const;
    expect(course(linear)).toEqual([0.5, 1, 1.5, 2, 2, 2, 2, 2]);
    expect(course({ ...linear, betaWarmup: 0 })).toEqual(Array<number>(8).fill(2));
  });

  it('rises anew in each of four cycles when it is cyclical', () => {
    expect(course({ beta: 1, betaWarmup: 0.5, betaSchedule: 'cyclical', rounds: 16 })).toEqual(
      Array.from({ length: 4 }, () => [0.5, 1, 1, 1]).flat(),
    );
  });

  it('lies in (0, β] in every round, and ends at β where a cycle holds its warm-up', () => {
    fc.assert(
      fc.property(
        fc.record({
          beta: fc.double({ min: 0.01, max: 10, noNaN: true }),
          betaWarmup: fc.double({ min: 0, max: 1, noNaN: true }),
          betaSchedule: fc.constantFrom('linear' as const, 'cyclical' as const),
          rounds: fc.integer({ min: 1, max: 60 }).map((quarter) => 4 * quarter),
        }),
        (schedule) => {
          const values = course(schedule);
          for (const value of values) {
            expect(value).toBeGreaterThan(0);
            expect(value).toBeLessThanOrEqual(schedule.beta);
          }
          expect(values.at(-1)).toBeCloseTo(schedule.beta, 10);
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { RECENT_BYTES, RecentCache, releaseRecent } from '../../src/metrics/recentCache.js';
import { simulateCohort } from './simulatedCohort.js';

const HALF = RECENT_BYTES / 2;

describe('data as large as the cohort', () => {
  /** Entries that claim a size and count how often they are made. */
  const cacheOf = (bytes: number) => {
    const made: string[] = [];
    const cache = new RecentCache<string>(() => bytes);
    const cohort = simulateCohort([3], 'recent');
    const get = (key: string): string =>
      cache.get(cohort, key, () => {
        made.push(key);
        return `value of ${key}`;
      });
    return { made, get };
  };

  it('are made once while they fit', () => {
    const { made, get } = cacheOf(HALF);
    expect(['a', 'b', 'a', 'b'].map(get)).toEqual(['a', 'b', 'a', 'b'].map((key) => `value of ${key}`));
    expect(made).toEqual(['a', 'b']);
  });

  it('give way, the ones not used for longest first, and are made again', () => {
    const { made, get } = cacheOf(HALF);
    ['a', 'b', 'a', 'c', 'a', 'b'].forEach(get);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('give way to those of other caches too', () => {
    const [first, second] = [cacheOf(HALF), cacheOf(HALF)];
    first.get('a');
    second.get('a');
    second.get('b');
    expect(second.get('a')).toBe('value of a');
    first.get('a');
    expect(first.made).toEqual(['a', 'a']);
    expect(second.made).toEqual(['a', 'b']);
  });

  it('are kept for the moment even when one alone is too large', () => {
    const { made, get } = cacheOf(2 * RECENT_BYTES);
    ['a', 'a', 'b', 'a'].forEach(get);
    expect(made).toEqual(['a', 'b', 'a']);
  });

  it('are all given up when what comes next has no use for them, and made again later', () => {
    const { made, get } = cacheOf(HALF);
    ['a', 'b'].forEach(get);
    releaseRecent();
    ['b', 'a', 'b'].forEach(get);
    expect(made).toEqual(['a', 'b', 'b', 'a']);
  });

  it('of two cohorts are not mixed up', () => {
    const cache = new RecentCache<number>(() => 1);
    const [one, other] = [simulateCohort([3], 'one'), simulateCohort([3], 'other')];
    expect(cache.get(one, 'key', () => 1)).toBe(1);
    expect(cache.get(other, 'key', () => 2)).toBe(2);
    expect(cache.get(one, 'key', () => 3)).toBe(1);
  });
});

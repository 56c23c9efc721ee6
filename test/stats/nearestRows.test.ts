import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import type { Points } from '../../src/stats/blockedDistances.js';
import { nearestRows } from '../../src/stats/nearestRows.js';

function normals(rows: number, width: number, name: string): Points {
  return { rows, width, values: random(name).fillNormal(new Float32Array(rows * width)) };
}

/** The k nearest rows by sorting all of them. */
function sortedRows(a: Points, b: Points, k: number): { rows: number[]; distances: number[] } {
  const rows: number[] = [];
  const distances: number[] = [];
  for (let i = 0; i < a.rows; i++) {
    const all = Array.from({ length: b.rows }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < a.width; c++) sum += (a.values[i * a.width + c]! - b.values[j * b.width + c]!) ** 2;
      return { j, distance: Math.sqrt(sum) };
    })
      .filter(({ j }) => a !== b || j !== i)
      .sort((x, y) => x.distance - y.distance || x.j - y.j);
    for (const { j, distance } of all.slice(0, k)) {
      rows.push(j);
      distances.push(distance);
    }
  }
  return { rows, distances };
}

describe('nearest rows', () => {
  it.each([
    ['few rows', 30, 20],
    ['several blocks through the engine', 700, 1100],
  ])('of another table: %s', async (_, rowsA, rowsB) => {
    const [a, b] = [normals(rowsA, 12, 'near-a'), normals(rowsB, 12, 'near-b')];
    const found = await nearestRows(a, b, 4);
    const expected = sortedRows(a, b, 4);
    expect([...found.rows]).toEqual(expected.rows);
    found.distances.forEach((distance, i) => expect(distance).toBeCloseTo(expected.distances[i]!, 12));
  });

  it.each([[25], [1100]])(
    'within one table of %i rows leave out the row itself, not its duplicates',
    async (rows) => {
      const points = normals(rows, 12, 'within');
      points.values.copyWithin(12 * 3, 0, 12);
      const found = await nearestRows(points, points, 3);
      expect([...found.rows]).toEqual(sortedRows(points, points, 3).rows);
      expect(found.rows[0]).toBe(3);
      expect(found.distances[0]).toBe(0);
    },
  );

  it('are as many as there are', async () => {
    const points = normals(3, 2, 'few');
    expect((await nearestRows(points, points, 5)).length).toBe(2);
    expect((await nearestRows(normals(1, 2, 'one'), points, 5)).length).toBe(3);
  });
});

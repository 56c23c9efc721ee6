import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/stats/symmetricEigen.js';

describe('eigenvalues of a symmetric matrix', () => {
  it('are those worked out by hand', () => {
    const { values } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values].sort()).toEqual([expect.closeTo(1, 12), expect.closeTo(3, 12)]);
  });

  it('come with orthonormal vectors that make up the matrix', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((size) =>
          fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
            minLength: size * size,
            maxLength: size * size,
          }),
        ),
        (cells) => {
          const size = Math.sqrt(cells.length);
          const matrix = Float64Array.from(
            cells,
            (_, at) => cells[at]! + cells[(at % size) * size + Math.floor(at / size)]!,
          );
          const { values, vectors } = symmetricEigen(matrix, size);
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++) {
              let rebuilt = 0;
              let inner = 0;
              for (let k = 0; k < size; k++) {
                rebuilt += vectors[i * size + k]! * values[k]! * vectors[j * size + k]!;
                inner += vectors[k * size + i]! * vectors[k * size + j]!;
              }
              expect(rebuilt).toBeCloseTo(matrix[i * size + j]!, 9);
              expect(inner).toBeCloseTo(i === j ? 1 : 0, 9);
            }
        },
      ),
      { numRuns: 60 },
    );
  });
});

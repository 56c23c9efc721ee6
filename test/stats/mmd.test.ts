import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { stackPoints, visitSquaredDistances, type Points } from '../../src/stats/blockedDistances.js';
import { medianDistance } from '../../src/stats/medianDistance.js';
import { mmd, type MmdEstimate, type MmdSample } from '../../src/stats/mmd.js';
import { jointReference } from '../metrics/joint/jointReference.js';

function sample(
  values: readonly number[] | Float32Array,
  width: number,
  owner?: readonly number[],
): MmdSample {
  const rows = values.length / width;
  const own = owner ?? Array.from({ length: rows }, (_, i) => i);
  return { rows, values: Float32Array.from(values), owner: own, patients: new Set(own).size };
}

function normals(
  rows: number,
  width: number,
  stream: ReturnType<typeof random>,
  shift = 0,
  scale = 1,
): Points {
  const values = stream.fillNormal(new Float32Array(rows * width)).map((v) => scale * v + shift);
  return { rows, width, values };
}

/** Every squared distance, straight from the differences. */
function allSquared(a: Points, b: Points): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++)
      for (let c = 0; c < a.width; c++)
        out[i * b.rows + j]! += (a.values[i * a.width + c]! - b.values[j * b.width + c]!) ** 2;
  return out;
}

describe('squared distances in blocks', () => {
  it.each([
    ['small tables, exact', 30, 20, 3, 1e-12],
    ['several blocks through the engine', 1100, 700, 9, 1e-5],
  ])('%s', async (_, rowsA, rowsB, width, tolerance) => {
    const stream = random('blocks', rowsA);
    const [a, b] = [normals(rowsA, width, stream, 30), normals(rowsB, width, stream, 31)];
    const expected = allSquared(a, b);
    const seen = new Uint8Array(expected.length);
    let worst = 0;
    await visitSquaredDistances(a, b, (block) => {
      for (let i = 0; i < block.rowsA; i++)
        for (let j = 0; j < block.rowsB; j++) {
          const at = (block.fromA + i) * rowsB + block.fromB + j;
          seen[at]!++;
          worst = Math.max(worst, Math.abs(block.squared[i * block.stride + j]! - expected[at]!));
        }
    });
    expect(seen.every((count) => count === 1)).toBe(true);
    expect(worst).toBeLessThan(tolerance * 20);
  });

  it('clips what cancellation leaves below 0, so that equal rows far from the origin are not NaN apart', async () => {
    const one = random('cancellation')
      .fillNormal(new Float32Array(40))
      .map((v) => v + 1e4);
    const points: Points = {
      rows: 900,
      width: 40,
      values: Float32Array.from({ length: 36000 }, (_, i) => one[i % 40]!),
    };
    let [lowest, highest] = [0, 0];
    await visitSquaredDistances(points, points, ({ squared, rowsA, rowsB, stride }) => {
      for (let i = 0; i < rowsA; i++)
        for (let j = 0; j < rowsB; j++) {
          lowest = Math.min(lowest, squared[i * stride + j]!);
          highest = Math.max(highest, squared[i * stride + j]!);
        }
    });
    expect(lowest).toBe(0);
    expect(highest).toBeLessThan(1e-3);
  });

  it('of one table with itself come once, on and above the diagonal', async () => {
    const points = normals(1200, 4, random('upper'));
    const blocks: string[] = [];
    await visitSquaredDistances(points, points, ({ fromA, fromB }) => void blocks.push(`${fromA}-${fromB}`));
    expect(blocks).toEqual(['0-0', '0-512', '0-1024', '512-512', '512-1024', '1024-1024']);
  });
});

describe('median distance', () => {
  it('of more than 2,048 rows is near that of all pairs', async () => {
    const points = normals(2600, 3, random('median'));
    const all = allSquared(points, points).map(Math.sqrt).sort();
    // The zeros of the diagonal come first.
    const median = all[points.rows + (all.length - points.rows) / 2]!;
    expect((await medianDistance(points)) / median).toBeCloseTo(1, 2);
  });

  it('is not a number with one row', async () => {
    expect(await medianDistance(normals(1, 3, random('one')))).toBeNaN();
  });
});

describe.each(jointReference.mmd)('MMD² against numpy: $name', (fixture) => {
  const first = sample(fixture.a, fixture.width, fixture.ownerA);
  const second = sample(fixture.b, fixture.width, fixture.ownerB);

  it('value', async () => {
    const { value } = await mmd(first, second, fixture.width, fixture.median, 0, random('unused'));
    expect(Math.abs(value - fixture.mmd)).toBeLessThan(1e-9);
  });

  it('median distance', async () => {
    const both = stackPoints({ ...first, width: fixture.width }, { ...second, width: fixture.width });
    expect(Math.abs((await medianDistance(both)) - fixture.median)).toBeLessThan(1e-9);
  });

  it('jackknife over patients', async () => {
    const { standardError } = await mmd(first, second, fixture.width, fixture.median, 0, random('unused'));
    if (fixture.jackknife === null) expect(standardError).toBeNull();
    else expect(standardError).toBeCloseTo(fixture.jackknife, 9);
  });
});

describe('MMD²', () => {
  it('through the engine is what exact differences give', async () => {
    const stream = random('engine-mmd');
    const [a, b] = [normals(600, 40, stream), normals(500, 40, stream, 0.1)];
    const squared = (x: Points, y: Points): number => {
      const k = allSquared(x, y).map(
        (d) => [0.5, 1, 2, 4, 8].reduce((sum, s) => sum + Math.exp(-d / (2 * (s * 9) ** 2)), 0) / 5,
      );
      const diagonal = x === y ? x.rows : 0;
      return (k.reduce((sum, v) => sum + v, 0) - diagonal) / (x.rows * y.rows - diagonal);
    };
    const exact = squared(a, a) + squared(b, b) - 2 * squared(a, b);
    const { value } = await mmd(sample(a.values, 40), sample(b.values, 40), 40, 9, 0, random('unused'));
    expect(Math.abs(value - exact)).toBeLessThan(1e-7);
  });

  const repeated = async (
    times: number,
    rows: number,
    name: string,
    shift: number,
    permutations = 0,
  ): Promise<MmdEstimate[]> => {
    const estimates: MmdEstimate[] = [];
    for (let k = 0; k < times; k++) {
      const stream = random(name, k);
      const [a, b] = [normals(rows, 3, stream), normals(rows, 3, stream, shift)];
      // Median distance of the law itself, so that the estimand is one number.
      estimates.push(await mmd(sample(a.values, 3), sample(b.values, 3), 3, MEDIAN, permutations, stream));
    }
    return estimates;
  };
  const MEDIAN = Math.sqrt(2 * 2.366);
  /** For unit normals shifted by δ: E k(x, y) = (σ²/(σ² + 2))^{d/2} exp(−δ²/2(σ² + 2)). */
  const truth = (shift: number): number =>
    [0.5, 1, 2, 4, 8]
      .map((s) => (s * MEDIAN) ** 2)
      .map((v) => 2 * (v / (v + 2)) ** 1.5 * (1 - Math.exp((-3 * shift ** 2) / (2 * (v + 2)))))
      .reduce((sum, v) => sum + v / 5, 0);
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

  it('is 0 on average when the laws are equal, below it as well as above', async () => {
    const values = (await repeated(400, 25, 'unbiased', 0)).map(({ value }) => value);
    const sd = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
    expect(Math.abs(mean(values))).toBeLessThan((3 * sd) / Math.sqrt(values.length));
    expect(mean(values.map((v) => (v < 0 ? 1 : 0)))).toBeGreaterThan(0.4);
  });

  it('is the closed form on average when one law is shifted', async () => {
    const values = (await repeated(300, 25, 'shifted', 0.5)).map(({ value }) => value);
    const sd = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
    expect(Math.abs(mean(values) - truth(0.5))).toBeLessThan((3 * sd) / Math.sqrt(values.length));
  });

  it.each([0, 0.2, 0.5, 1])(
    'has intervals that cover the truth about 95 times in 100 (shift %s)',
    async (shift) => {
      const estimates = await repeated(600, 40, 'coverage', shift);
      const covered = mean(
        estimates.map(({ value, standardError }) =>
          Math.abs(value - truth(shift)) <= 1.96 * standardError! ? 1 : 0,
        ),
      );
      expect(covered).toBeGreaterThan(0.9);
      expect(covered).toBeLessThan(0.98);
    },
  );

  it('has p-values of (b + 1)/(B + 1) that are uniform when the laws are equal and small when not', async () => {
    const equal = (await repeated(200, 15, 'p-equal', 0, 39)).map(({ pValue }) => pValue!);
    expect(Math.min(...equal)).toBeGreaterThanOrEqual(1 / 40);
    for (const p of equal) expect(p * 40).toBeCloseTo(Math.round(p * 40), 9);
    expect(Math.abs(mean(equal) - 0.5)).toBeLessThan(0.07);
    expect(mean(equal.map((p) => (p <= 0.1 ? 1 : 0)))).toBeLessThan(0.17);
    const different = (await repeated(20, 15, 'p-different', 2, 39)).map(({ pValue }) => pValue!);
    expect(mean(different)).toBeCloseTo(1 / 40, 9);
  });

  it('of several rows a patient is unbiased, and its interval covers', async () => {
    const estimates: MmdEstimate[] = [];
    for (let k = 0; k < 200; k++) {
      const stream = random('clusters', k);
      const clustered = (): MmdSample => {
        const values: number[] = [];
        const owner: number[] = [];
        for (let p = 0; p < 20; p++) {
          const centre = 0.8 * stream.normal();
          for (let i = 0; i < 1 + (p % 4); i++) {
            values.push(centre + 0.6 * stream.normal());
            owner.push(p);
          }
        }
        return sample(values, 1, owner);
      };
      estimates.push(await mmd(clustered(), clustered(), 1, 1, 0, stream));
    }
    const values = estimates.map(({ value }) => value);
    const sd = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
    expect(Math.abs(mean(values))).toBeLessThan((3 * sd) / Math.sqrt(values.length));
    const covered = mean(estimates.map((e) => (Math.abs(e.value) <= 1.96 * e.standardError! ? 1 : 0)));
    expect(covered).toBeGreaterThan(0.91);
  });

  it('refuses one patient and a median of 0', async () => {
    const one = sample([1, 2], 1, [0, 0]);
    const two = sample([1, 2], 1);
    await expect(mmd(one, two, 1, 1, 0, random('x'))).rejects.toThrow('two patients');
    await expect(mmd(two, two, 1, 0, 0, random('x'))).rejects.toThrow('above 0');
  });
});

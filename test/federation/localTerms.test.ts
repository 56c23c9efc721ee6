import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { clippedUpdate } from '../../src/federation/local/clipUpdate.js';
import { stayWeights } from '../../src/federation/local/stayWeights.js';

describe('a clipped update', () => {
  it('keeps its direction, has at most the norm, and is left alone when it is short', () => {
    const start = Float32Array.of(1, 1);
    const clipped = clippedUpdate(start, Float32Array.of(4, 5), 1);
    expect(clipped[0]).toBeCloseTo(1.6, 6);
    expect(clipped[1]).toBeCloseTo(1.8, 6);
    expect(clippedUpdate(start, Float32Array.of(1.5, 1), 1)).toEqual(Float32Array.of(1.5, 1));
  });
});

describe('weights of stays', () => {
  /** Stays of one and two steps with one latent; the hospital lies at +1 of all hospitals' mean 0, variance 1. */
  const draw = random(2);
  const size = 400;
  const firstRow = Uint32Array.from({ length: size + 1 }, (_, stay) => stay + Math.floor(stay / 2));
  const latents = Float32Array.from({ length: firstRow[size]! }, () => 1 + 0.5 * draw.normal());
  const meanOf = (stay: number): number =>
    latents
      .slice(firstRow[stay], firstRow[stay + 1])
      .reduce((sum, value, _, rows) => sum + value / rows.length, 0);
  const correlation = (weights: Float32Array): number => {
    let product = 0;
    for (let stay = 0; stay < size; stay++) product += (weights[stay]! - 1) * (meanOf(stay) - 1);
    return product;
  };

  it('are exactly 1 for λ = 0', () => {
    expect(stayWeights({ firstRow, latents }, 0)).toEqual(new Float32Array(size).fill(1));
  });

  it('have mean 1, favour stays near all hospitals for λ > 0 and the hospital’s own for λ < 0', () => {
    const towards = stayWeights({ firstRow, latents }, 1);
    const away = stayWeights({ firstRow, latents }, -1);
    for (const weights of [towards, away])
      expect(weights.reduce((sum, weight) => sum + weight, 0) / size).toBeCloseTo(1, 5);
    expect(correlation(towards)).toBeLessThan(0);
    expect(correlation(away)).toBeGreaterThan(0);
  });

  it('are the density ratio worked out by hand', () => {
    // One step a stay, values ±1 around 0: own variance 1 = all hospitals', so every weight is 1.
    const even = stayWeights({ firstRow: Uint32Array.of(0, 1, 2), latents: Float32Array.of(1, -1) }, 2);
    expect([...even]).toEqual([1, 1]);
    // Values 0, 0, 3: mean 1, variance 2; ln r = ½·((a − 1)²/2 + ln 2 − a²).
    const logRatio = (a: number): number => 0.5 * ((a - 1) ** 2 / 2 + Math.log(2) - a * a);
    const raw = [0, 0, 3].map((a) => Math.min(Math.max(Math.exp(logRatio(a)), 0.1), 10));
    const average = raw.reduce((sum, weight) => sum + weight, 0) / 3;
    const found = stayWeights({ firstRow: Uint32Array.of(0, 1, 2, 3), latents: Float32Array.of(0, 0, 3) }, 1);
    found.forEach((weight, stay) => expect(weight).toBeCloseTo(raw[stay]! / average, 5));
  });

  it('stay within a factor of 100 of each other, and bear latents that do not vary', () => {
    const wild = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 8 * draw.normal() : 0));
    const weights = stayWeights(
      { firstRow: Uint32Array.from({ length: 101 }, (_, stay) => stay), latents: wild },
      3,
    );
    expect(Math.max(...weights) / Math.min(...weights)).toBeLessThanOrEqual(100.001);
  });
});

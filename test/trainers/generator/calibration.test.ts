import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { valueOf } from '../../../src/federation/preprocessing/quantileTransform.js';
import { quantileMap, shiftTo } from '../../../src/trainers/generator/calibration.js';
import { cosineSchedule } from '../../../src/trainers/generator/federatedRounds.js';

const draw = random(1, 'calibration-test');

describe('shiftTo', () => {
  it('gives log odds the wanted mean probability', () => {
    const logits = Float64Array.from({ length: 500 }, () => 4 * draw.normal() - 3);
    for (const target of [0.01, 0.2, 0.5, 0.97]) {
      const shift = shiftTo(logits, target);
      const mean = logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit - shift)), 0) / 500;
      expect(mean).toBeCloseTo(target, 6);
    }
  });

  it('makes what never happens impossible, and stays finite for what always happens', () => {
    expect(shiftTo(Float64Array.of(5, 10), 0)).toBeLessThan(-50);
    expect(shiftTo(Float64Array.of(-5, 3), 1)).toBeGreaterThan(0);
    expect(Number.isFinite(shiftTo(Float64Array.of(-5, 3), 1))).toBe(true);
  });
});

describe('quantileMap', () => {
  const released = { edges: Float64Array.of(0, 10, 20, 40), counts: Float64Array.of(100, 200, 100) };

  it('is monotone and ties drawn quantiles to released ones', () => {
    const scores = Float64Array.from({ length: 4001 }, () => 0.3 + 0.5 * draw.normal());
    const map = quantileMap(scores, released, 100)!;
    const sorted = scores.slice().sort();
    expect(valueOf(map, sorted[2000]!)).toBeCloseTo(15, 1);
    expect(valueOf(map, sorted[1000]!)).toBeCloseTo(10, 1);
    const values = [...sorted].map((score) => valueOf(map, score));
    for (let i = 1; i < values.length; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
    expect(valueOf(map, 99)).toBe(40);
  });

  it('is null where too little was drawn or released', () => {
    expect(quantileMap(new Float64Array(99), released, 100)).toBeNull();
    expect(quantileMap(new Float64Array(500), { ...released, counts: new Float64Array(3) }, 100)).toBeNull();
  });
});

describe('cosineSchedule', () => {
  it('starts at 1 and falls by global round', () => {
    expect(cosineSchedule(1, 10)).toBe(1);
    expect(cosineSchedule(6, 10)).toBeCloseTo(0.5, 12);
    expect(cosineSchedule(10, 10)).toBeCloseTo(0.0245, 3);
  });
});

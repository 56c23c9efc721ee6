import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../../src/engine/compile.js';
import { initialParameters } from '../../../src/engine/parameters.js';
import { random } from '../../../src/engine/random.js';
import {
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from '../../../src/models/eventTransformerOptions.js';
import {
  cacheLengths,
  eventTransformerStep,
  eventTransformerWeights,
} from '../../../src/models/eventTransformerStep.js';
import {
  rowCaches,
  type CacheBlock,
  type RowCaches,
} from '../../../src/trainers/rawmed/training/rowCaches.js';

const OPTIONS: EventTransformerOptions = {
  codes: 7,
  eventCodes: 8,
  timeDigits: 2,
  maxEvents: 40,
  width: 8,
  layers: 2,
  heads: 2,
  hidden: 12,
  norm: 'pre',
  positions: 'learned',
  dropout: 0.1,
};
const [HEADS, EXTENT] = [OPTIONS.heads, OPTIONS.width / OPTIONS.heads];

describe('lengths of the caches', () => {
  it('grow by at most a half up to room for the longest sequence, in multiples of 64', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (maxEvents) => {
        const options = { ...OPTIONS, maxEvents };
        const lengths = cacheLengths(options);
        expect(lengths.every((length) => length % 64 === 0)).toBe(true);
        expect(lengths.at(-1)).toBe(64 * Math.ceil(sequenceLength(options) / 64));
        lengths.slice(2).forEach((length, i) => {
          expect(length).toBeGreaterThan(lengths[i + 1]!);
          expect(length).toBeLessThanOrEqual(1.5 * lengths[i + 1]!);
        });
      }),
    );
  });

  it('do not change a bit of what a sequence gives', async () => {
    const rows = 3;
    const layout = eventTransformerLayout(OPTIONS);
    const parameters = initialParameters(layout, random('cache-lengths')).map((x) => 3 * x);
    const folding = eventTransformerWeights(OPTIONS);
    const fold = await compileStep(folding.step, folding.inputs, { engine: 'onnx' });
    const weights = await fold.run({ parameters });
    await fold.dispose();
    const positions = Float32Array.of(0, 17, 60);
    const source = random('cache-values');
    const pasts = Array.from({ length: 2 * OPTIONS.layers * rows * HEADS * 64 * EXTENT }, () =>
      source.normal(),
    );
    const outputs = [];
    for (const length of cacheLengths(OPTIONS)) {
      const past = new Float32Array(rows * length).fill(-1e9);
      positions.forEach((position, row) => past.fill(0, row * length, row * length + position));
      const caches: Record<string, Float32Array> = {};
      ['keys', 'values'].forEach((name, which) => {
        for (let layer = 0; layer < OPTIONS.layers; layer++) {
          const cache = (caches[`${name}_${layer}`] = new Float32Array(rows * HEADS * length * EXTENT));
          for (let group = 0; group < rows * HEADS; group++)
            for (let i = 0; i < 64 * EXTENT; i++)
              cache[group * length * EXTENT + i] =
                pasts[((which * OPTIONS.layers + layer) * rows * HEADS + group) * 64 * EXTENT + i]!;
        }
      });
      const { step, inputs } = eventTransformerStep(OPTIONS, rows, length);
      const compiled = await compileStep(step, inputs, { engine: 'onnx' });
      const token = Float32Array.of(1, 2, 3);
      outputs.push(await compiled.run({ ...weights, ...caches, past, token, position: positions }));
      await compiled.dispose();
    }
    expect(outputs.length).toBeGreaterThan(4);
    for (const found of outputs) expect(found).toEqual(outputs[0]);
  });
});

describe('caches of rows at different positions', () => {
  /** A number for every place of every row's past, which says where it belongs. */
  const mark = (stay: number, position: number, layer: number, head: number, i: number): number =>
    (((stay * 512 + position) * OPTIONS.layers + layer) * HEADS + head) * EXTENT + i;

  function expectPasts(block: CacheBlock, positions: Int32Array, stays: Int32Array): void {
    const { length, inputs } = block;
    block.rows.forEach((row, place) => {
      if (row < 0 || positions[row]! < 0) return;
      const position = positions[row]!;
      expect(length).toBeGreaterThan(position);
      const past = inputs['past']!.subarray(place * length, (place + 1) * length);
      expect(past.findIndex((x) => x !== 0)).toBe(position);
      expect(past.subarray(position).every((x) => x === Math.fround(-1e9))).toBe(true);
      let wrong = 0;
      for (let layer = 0; layer < OPTIONS.layers; layer++)
        for (let head = 0; head < HEADS; head++)
          for (let at = 0; at < position; at += 7) {
            const cell = ((place * HEADS + head) * length + at) * EXTENT + 1;
            const expected = mark(stays[row]!, at, layer, head, 1);
            if (inputs[`keys_${layer}`]![cell] !== expected) wrong++;
            if (inputs[`values_${layer}`]![cell] !== -expected) wrong++;
          }
      expect(wrong).toBe(0);
    });
  }

  function writeToken(caches: RowCaches, block: CacheBlock, positions: Int32Array, stays: Int32Array): void {
    const size = OPTIONS.layers * caches.blockRows * HEADS * EXTENT;
    const keys = new Float32Array(size);
    block.rows.forEach((row, place) => {
      if (row < 0 || positions[row]! < 0) return;
      for (let layer = 0; layer < OPTIONS.layers; layer++)
        for (let head = 0; head < HEADS; head++)
          for (let i = 0; i < EXTENT; i++)
            keys[((layer * caches.blockRows + place) * HEADS + head) * EXTENT + i] = mark(
              stays[row]!,
              positions[row]!,
              layer,
              head,
              i,
            );
    });
    const values = keys.map((x) => -x);
    block.rows.forEach((row, place) => {
      if (row >= 0 && positions[row]! >= 0) caches.write(block, place, positions[row]!, keys, values);
    });
  }

  it('keep every row’s own past, whatever ends, begins anew and is taken back', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 70 }), (seed, rows) => {
        const chance = random('row-caches', seed);
        const caches = rowCaches(OPTIONS, rows);
        caches.reset(rows);
        const positions = new Int32Array(rows);
        const stays = Int32Array.from({ length: rows }, (_, row) => row % 50);
        for (let token = 0; token < 90; token++) {
          const blocks = caches.arranged(positions);
          const placed = blocks.flatMap((block) =>
            [...block.rows].filter((row) => row >= 0 && positions[row]! >= 0),
          );
          expect(placed.sort((a, b) => a - b)).toEqual(
            [...positions.keys()].filter((row) => positions[row]! >= 0),
          );
          for (const block of blocks) {
            if (token % 30 === 29) expectPasts(block, positions, stays);
            writeToken(caches, block, positions, stays);
          }
          positions.forEach((position, row) => {
            if (position < 0) return;
            positions[row] = position + 1;
            const draw = chance.uniform();
            // Some rows end sooner than others, as short stays do.
            if (draw < 0.04 / (1 + (row % 5))) {
              caches.forget(row, 0);
              positions[row] = token > 60 ? -1 : 0;
              stays[row] = (stays[row]! + 1) % 50;
            } else if (draw > 0.98 && position > 5) {
              positions[row] = position - 4;
              caches.forget(row, position - 4);
            }
          });
          if (positions.every((position) => position < 0)) return;
        }
      }),
      { numRuns: 5 },
    );
  });

  it('put short rows beside short ones, and do not run blocks without a row', () => {
    const rows = 64;
    const caches = rowCaches(OPTIONS, rows);
    caches.reset(rows);
    const positions = new Int32Array(rows);
    let blocks: readonly CacheBlock[] = [];
    for (let token = 0; token < 300; token++) {
      blocks = caches.arranged(positions);
      // Every other row is a short stay after another.
      positions.forEach((position, row) => {
        positions[row] = row % 2 === 0 && position === 40 ? 0 : position + 1;
        if (positions[row] === 0) caches.forget(row, 0);
      });
    }
    expect(blocks.map(({ length }) => length)).toEqual([64, 384]);
    positions.forEach((_, row) => {
      if (row % 2 === 1) positions[row] = -1;
    });
    expect(caches.arranged(positions).length).toBe(1);
  });
});

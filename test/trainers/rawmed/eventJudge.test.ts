import { expect, it } from 'vitest';
import type { DrawableModel, EventReader } from '../../../src/trainers/rawmed/drawableModel.js';
import { eventJudge } from '../../../src/trainers/rawmed/eventJudge.js';

const column = (name: string, kind: 'categorical' | 'continuous') => ({
  name,
  kind,
  range: kind === 'continuous' ? [0, 1] : null,
  vocabulary: kind === 'categorical' ? [{ text: 'a', count: 20 }] : [],
  rareTexts: false,
});
const rules = [0, 1].map(() => ({
  columns: [column('item', 'categorical'), column('v', 'continuous')],
  item: 0,
  itemRanges: [[null, [0, 1]]],
  rareItem: [null, null],
  withoutItem: null,
  itemUnrelated: [],
}));
const REDRAWS = 32;
const model = { rules, parameters: { statics: 'none', time: 'digits', sampling: { redraws: REDRAWS } } };
const item = { column: 'item', value: 'a' };
/** Code 0 is a laboratory value out of its range, code 1 a sound drug order. */
const reader = {
  read: (codes: readonly ArrayLike<number>[]) =>
    Promise.resolve(
      codes.map((own) =>
        own[0] === 0 ? { table: 0, cells: [item, { column: 'v', value: '5' }] } : { table: 1, cells: [item] },
      ),
    ),
};

it('counts an event as accepted only where it is kept: not one of another table than was drawn first', async () => {
  const counted: boolean[] = [];
  const judge = eventJudge(model as unknown as DrawableModel, reader as unknown as EventReader, (kept) => {
    counted.push(kept);
  });
  const draw = async (redraws: number): Promise<boolean> => {
    const codes = [redraws === 0 ? 0 : 1];
    return (await judge([{ stay: 0, place: 0, redraws, codes }]))[0]!;
  };
  for (let redraws = 0; redraws <= 20; redraws++) expect(await draw(redraws)).toBe(false);
  expect(counted.filter(Boolean)).toHaveLength(0);
  // Most redraws are used up: the other table is better than no event.
  expect(await draw(0.75 * REDRAWS + 1)).toBe(true);
  expect(counted.filter(Boolean)).toHaveLength(1);
});

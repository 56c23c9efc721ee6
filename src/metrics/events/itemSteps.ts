import { itemsOf, type EventView } from './eventView.js';

/** Items and steps of a stay that next-event prediction reads at most. */
export const [MOST_ITEMS, MOST_STEPS] = [200, 24] as const;

/** Whether a name belongs to its table, or equal names of several tables are one item, as in the released code. */
export type ItemNames = 'by-table' | 'joined';

/** Items in the order of their columns. */
export type ItemPlaces = ReadonlyMap<string, number>;

/** The most frequent items of train. */
export function itemPlaces(train: EventView, names: ItemNames = 'by-table'): ItemPlaces {
  const counts = new Map<string, number>();
  eachItem(train, names, (item) => counts.set(item, (counts.get(item) ?? 0) + 1));
  const items = [...counts]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .slice(0, MOST_ITEMS)
    .map(([item]) => item);
  return new Map(items.map((item, place) => [item, place]));
}

/** Of every stay the sets of items of its first ten-minute bins that have one, in the order of time. */
export function itemSteps(
  view: EventView,
  places: ItemPlaces,
  names: ItemNames = 'by-table',
): readonly (readonly Uint16Array[])[] {
  const bins = Array.from({ length: view.stays }, () => new Map<number, Set<number>>());
  eachItem(view, names, (item, stay, minute) => {
    const place = places.get(item);
    if (place === undefined) return;
    const own = bins[stay]!;
    const bin = Math.floor(minute / 10);
    const set = own.get(bin);
    if (set === undefined) own.set(bin, new Set([place]));
    else set.add(place);
  });
  return bins.map((own) =>
    [...own]
      .sort(([a], [b]) => a - b)
      .slice(0, MOST_STEPS)
      .map(([, set]) => Uint16Array.from(set)),
  );
}

function eachItem(
  view: EventView,
  kind: ItemNames,
  see: (item: string, stay: number, minute: number) => void,
): void {
  for (const table of view.tables) {
    const { codes, levels } = itemsOf(table);
    const names = kind === 'joined' ? levels : levels.map((level) => `${table.name}\u0000${level}`);
    codes.forEach((code, row) => {
      if (code >= 0) see(names[code]!, table.stay[row]!, table.minute[row]!);
    });
  }
}

import type { EventView, TableView } from './eventView.js';
import { itemsOf } from './eventView.js';

/** Values of a numeric column are told apart by these many quantile bins of the item in train. */
const VALUE_BINS = 10;

export const staySetDefinition = `a stay as the set of its (table, item, column) with a value and of its (table, item, column, value), numbers in ${VALUE_BINS} quantile bins of the item in train; Jaccard distance 1 − |A∩B|/|A∪B|, two empty stays at 0`;

/** What every stay of a view has, as sorted numbers of a vocabulary that all views made by one `StaySets` share. */
export class StaySets {
  readonly #numbers = new Map<string, number>();
  readonly #edges: ReadonlyMap<string, Float64Array>;

  /** @param train its values alone decide the bins */
  constructor(train: EventView) {
    this.#edges = new Map(train.tables.flatMap((table, k) => [...quantileEdges(table, k)]));
  }

  /** [stays] ascending numbers, each once */
  of({ stays, tables }: EventView): readonly Uint32Array[] {
    const sets = Array.from({ length: stays }, () => new Set<number>());
    tables.forEach((table, k) => {
      const { codes, levels } = itemsOf(table);
      const seen = new Map<string, readonly [presence: number, values: Map<number, number>]>();
      table.columns.forEach((column, c) => {
        seen.clear();
        for (let row = 0; row < table.rows; row++) {
          const code = codes[row]!;
          const raw = column.kind === 'continuous' ? column.numbers[row]! : column.codes[row]!;
          if (Number.isNaN(raw) || (raw < 0 && column.kind === 'categorical')) continue;
          const place = placeOf(k, code < 0 ? '' : levels[code]!, c);
          let known = seen.get(place);
          if (known === undefined) seen.set(place, (known = [this.#number(place), new Map()]));
          const [presence, values] = known;
          const own = sets[table.stay[row]!]!;
          own.add(presence);
          const value = column.kind === 'continuous' ? this.#bin(place, raw) : raw;
          let token = values.get(value);
          if (token === undefined) {
            const text = column.kind === 'continuous' ? String(value) : column.levels[raw]!;
            values.set(value, (token = this.#number(`${place}\u0000${text}`)));
          }
          own.add(token);
        }
      });
    });
    return sets.map((own) => Uint32Array.from(own).sort());
  }

  #number(text: string): number {
    const found = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, found);
    return found;
  }

  /** Number of edges below the value; 0 for an item or column that train has no value of. */
  #bin(place: string, value: number): number {
    const edges = this.#edges.get(place);
    if (edges === undefined) return 0;
    let bin = 0;
    while (bin < edges.length && edges[bin]! < value) bin++;
    return bin;
  }
}

const placeOf = (table: number, item: string, column: number): string =>
  `${table}\u0000${column}\u0000${item}`;

function* quantileEdges(table: TableView, k: number): Iterable<[string, Float64Array]> {
  const { codes, levels } = itemsOf(table);
  for (const [c, column] of table.columns.entries()) {
    if (column.kind !== 'continuous') continue;
    const values = new Map<number, number[]>();
    column.numbers.forEach((value, row) => {
      if (Number.isNaN(value)) return;
      const own = values.get(codes[row]!);
      if (own === undefined) values.set(codes[row]!, [value]);
      else own.push(value);
    });
    for (const [code, own] of values) {
      const sorted = Float64Array.from(own).sort();
      const edges = Array.from(
        { length: VALUE_BINS - 1 },
        (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / VALUE_BINS)]!,
      );
      yield [placeOf(k, code < 0 ? '' : levels[code]!, c), Float64Array.from(new Set(edges))];
    }
  }
}

/** Jaccard distance of every set of `from` to the nearest one of `to`. */
export function nearestJaccard(from: readonly Uint32Array[], to: readonly Uint32Array[]): Float64Array {
  let largest = 0;
  for (const own of to) for (const token of own) if (token > largest) largest = token;
  const holders: number[][] = Array.from({ length: largest + 1 }, () => []);
  to.forEach((own, place) => {
    for (const token of own) holders[token]!.push(place);
  });
  const hasEmpty = to.some((own) => own.length === 0);
  const common = new Uint32Array(to.length);
  return Float64Array.from(from, (own) => {
    if (own.length === 0) return hasEmpty ? 0 : 1;
    common.fill(0);
    for (const token of own) for (const place of holders[token] ?? []) common[place]!++;
    let nearest = 1;
    for (let place = 0; place < to.length; place++) {
      const both = common[place]!;
      const distance = 1 - both / (own.length + to[place]!.length - both);
      if (distance < nearest) nearest = distance;
    }
    return nearest;
  });
}

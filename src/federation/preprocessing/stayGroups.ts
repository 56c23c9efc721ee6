import { SMALLEST_CELL } from '../../cohort/suppression.js';

/** Fewest stays that a histogram is released of: at least 11 on either side of its middle one. */
const minimumStaysForHistogram = 2 * SMALLEST_CELL - 1;

/** An interval of a grid whose values are released as one number; all ends are bins and belong to it. */
export interface StayGroup {
  /** Bins whose values the group counts. The groups of a variable tile its grid. */
  readonly from: number;
  readonly to: number;
  /** Bins over which its count is spread. */
  readonly first: number;
  readonly last: number;
  /** Values in the group; they come from at least 11 different stays. */
  readonly values: number;
}

/** The part of a group that decides how the next grid may divide it. */
export type Block = Omit<StayGroup, 'values'>;

/** Values in the order of their bins; stays are numbers of rows. */
class BinnedStays {
  readonly #start: Uint32Array;
  readonly #stays: Uint32Array;
  /** Latest pass that met a stay, by stay. */
  readonly #seen: Uint32Array;
  #pass = 0;

  constructor(bins: Int32Array, stays: Uint32Array, binCount: number) {
    this.#start = new Uint32Array(binCount + 1);
    for (const bin of bins) this.#start[bin + 1]!++;
    for (let b = 0; b < binCount; b++) this.#start[b + 1]! += this.#start[b]!;
    const place = this.#start.slice(0, binCount);
    this.#stays = new Uint32Array(bins.length);
    for (let i = 0; i < bins.length; i++) this.#stays[place[bins[i]!]!++] = stays[i]!;
    this.#seen = new Uint32Array(stays.reduce((highest, stay) => Math.max(highest, stay), 0) + 1);
  }

  /** Values in the bins from…to. */
  values(from: number, to: number): number {
    return to < from ? 0 : this.#start[to + 1]! - this.#start[from]!;
  }

  /** First bin, going from one bin towards another, up to which 11 different stays have values; −1 if there are fewer. */
  reach(from: number, to: number): number {
    const pass = ++this.#pass;
    const step = from <= to ? 1 : -1;
    let distinct = 0;
    for (let b = from; b !== to + step; b += step) {
      for (let i = this.#start[b]!; i < this.#start[b + 1]!; i++) {
        if (this.#seen[this.#stays[i]!] === pass) continue;
        this.#seen[this.#stays[i]!] = pass;
        if (++distinct === SMALLEST_CELL) return b;
      }
    }
    return -1;
  }
}

/** Tiles the bins from…to with groups of at least 11 stays, from below; none where there are fewer than 11. */
function tiles(binned: BinnedStays, from: number, to: number): StayGroup[] {
  const groups: StayGroup[] = [];
  for (let start = from; start <= to;) {
    const end = binned.reach(start, to);
    if (end < 0) break;
    groups.push({ from: start, to: end, first: start, last: end, values: binned.values(start, end) });
    start = end + 1;
  }
  const top = groups.pop();
  if (top === undefined) return groups;
  return [...groups, { ...top, to, last: to, values: binned.values(top.from, to) }];
}

/** Divides one block into groups; with fewer than 11 stays between full bins, those count in the full bin beside them. */
function divided(binned: BinnedStays, { from, to, first, last }: Block): StayGroup[] {
  const full: number[] = [];
  for (let b = first; b <= last; b++) if (binned.reach(b, b) >= 0) full.push(b);
  const groups: StayGroup[] = [];
  let start = first;
  for (const bin of [...full, last + 1]) {
    const between = tiles(binned, start, bin - 1);
    const rest = between.length > 0 ? 0 : binned.values(start, bin - 1);
    const previous = groups.at(-1);
    groups.push(...between);
    if (bin > last) {
      if (rest > 0 && previous !== undefined)
        groups[groups.length - 1] = { ...previous, values: previous.values + rest };
      break;
    }
    const moved = previous === undefined ? rest : 0;
    if (rest > 0 && previous !== undefined)
      groups[groups.length - 1] = { ...previous, values: previous.values + rest };
    groups.push({ from: bin, to: bin, first: bin, last: bin, values: binned.values(bin, bin) + moved });
    start = bin + 1;
  }
  if (groups.length === 0) return [{ from, to, first, last, values: binned.values(first, last) }];
  return groups.map((group, g) => ({
    ...group,
    from: g === 0 ? from : group.from,
    to: g === groups.length - 1 ? to : groups[g + 1]!.from - 1,
  }));
}

function areEnough(stays: Uint32Array): boolean {
  const different = new Set<number>();
  for (const stay of stays) if (different.add(stay).size >= minimumStaysForHistogram) return true;
  return false;
}

/**
 * Groups of values in which each stands for at least 11 different stays; none with fewer than 21 stays in all.
 *
 * The support ends at the bin that the 11th stay reaches from either side: values farther out count in that bin, so how far
 * out the ten most extreme stays lie never shows. A bin of 11 stays is a group of its own. Between such bins, groups tile the
 * grid without gaps, so that none tells where its lowest or highest value is; fewer than 11 stays between two such bins count in
 * the lower one. Groups never reach across the ends of `blocks`, the groups of an earlier grid: each of those is the union
 * of new ones, and no difference of two releases stands for fewer than 11 stays.
 *
 * @param bins bin of every value, 0…binCount − 1
 * @param stays stay of every value
 */
export function stayGroups(
  bins: Int32Array,
  stays: Uint32Array,
  binCount: number,
  blocks: readonly Block[] | null = null,
): StayGroup[] {
  if (!areEnough(stays)) return [];
  const earlier = blocks ?? [{ from: 0, to: binCount - 1, first: 0, last: binCount - 1 }];
  const target = new Int32Array(binCount);
  for (const { from, to, first, last } of earlier)
    for (let b = from; b <= to; b++) target[b] = Math.min(Math.max(b, first), last);
  const inside = bins.map((bin) => target[bin]!);
  const whole = new BinnedStays(inside, stays, binCount);
  const lowest = whole.reach(0, binCount - 1);
  const highest = whole.reach(binCount - 1, 0);
  const cut = new BinnedStays(
    inside.map((bin) => Math.min(Math.max(bin, lowest), highest)),
    stays,
    binCount,
  );
  return earlier.flatMap((block) =>
    divided(cut, {
      ...block,
      first: Math.max(block.first, lowest),
      last: Math.min(block.last, highest),
    }),
  );
}

/** Counts per bin: every group's, spread evenly. */
export function spreadCounts(groups: readonly StayGroup[], binCount: number): Float64Array {
  const released = new Float64Array(binCount);
  for (const { first, last, values } of groups) released.fill(values / (last - first + 1), first, last + 1);
  return released;
}

/**
 * Counts per step of the time grid. Neighbouring steps are put together from the first on until 11 different stays have a
 * value there, what is left over joins the last group up to the end of the grid, and every group's count is spread evenly
 * over its steps. With fewer than 11 stays in all, every count is 0: nothing is released.
 *
 * @param hours step of every value
 * @param stays stay of every value
 */
export function releasedPerStep(hours: Int32Array, stays: Uint32Array, steps: number): Float64Array {
  const binned = new BinnedStays(hours, stays, steps);
  const groups = tiles(binned, 0, steps - 1);
  return spreadCounts(groups, steps);
}

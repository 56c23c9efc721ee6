import { binaryWidth, type FeatureColumns } from './channels.js';

/**
 * What is known of a continuous column after a step, in this order: the last value, whether there is one, the steps
 * since it, mean and standard deviation of the values so far, and their number.
 */
export const knownFacts = ['carried', 'seen', 'age', 'average', 'spread', 'count'] as const;

/** Number of values, their mean, and the sum of squared differences from it (Welford). */
const tallies = 3;

/**
 * What stage two reads after every step when it draws observations: the aligned latent, the masks, what is known of every
 * continuous column, the 0/1 columns, and the hour.
 */
export interface HistoryLayout {
  readonly latents: number;
  readonly continuous: number;
  readonly flags: number;
  readonly steps: number;
  readonly width: number;
}

export function historyLayout(columns: FeatureColumns, latents: number, steps: number): HistoryLayout {
  const continuous = columns.continuous.length;
  const flags = binaryWidth(columns);
  return {
    latents,
    continuous,
    flags,
    steps,
    width: latents + (1 + knownFacts.length) * continuous + flags + 1,
  };
}

/** What is known of the continuous columns of some stays, from step to step; everything is 0 at first. */
export class KnownCourse {
  /** [stays × facts × continuous], `knownFacts` by fact */
  readonly facts: Float32Array;
  readonly #tally: Float32Array;
  readonly #continuous: number;
  /** [number], logarithm of 1 + number in units of the longest stay's. */
  readonly #logarithm: Float64Array;

  constructor(stays: number, continuous: number, steps: number) {
    this.facts = new Float32Array(stays * knownFacts.length * continuous);
    this.#tally = new Float32Array(stays * tallies * continuous);
    this.#continuous = continuous;
    this.#logarithm = Float64Array.from(
      { length: steps + 1 },
      (_, number) => Math.log(1 + number) / Math.log(steps + 1),
    );
  }

  /** Begins again. */
  clear(): void {
    this.facts.fill(0);
    this.#tally.fill(0);
  }

  /** The last value of a column, 0 without one. */
  carried(stay: number, column: number): number {
    return this.facts[stay * knownFacts.length * this.#continuous + column]!;
  }

  seen(stay: number, column: number): boolean {
    return this.facts[(stay * knownFacts.length + 1) * this.#continuous + column] === 1;
  }

  /** Mean of the values so far, 0 without one. */
  average(stay: number, column: number): number {
    return this.facts[(stay * knownFacts.length + 3) * this.#continuous + column]!;
  }

  /** A step in which the column was observed with this score … */
  observe(stay: number, column: number, score: number): void {
    const width = this.#continuous;
    const at = stay * knownFacts.length * width + column;
    const tally = stay * tallies * width + column;
    const count = ++this.#tally[tally]!;
    const difference = score - this.#tally[tally + width]!;
    const mean = (this.#tally[tally + width]! += difference / count);
    const squares = (this.#tally[tally + 2 * width]! += difference * (score - mean));
    this.facts[at] = score;
    this.facts[at + width] = 1;
    this.facts[at + 2 * width] = 0;
    this.facts[at + 3 * width] = mean;
    this.facts[at + 4 * width] = Math.sqrt(Math.max(squares, 0) / count);
    this.facts[at + 5 * width] = this.#logarithm[count]!;
  }

  /** … or not, `age` steps after its last observation. */
  miss(stay: number, column: number, age: number): void {
    const at = (stay * knownFacts.length + 2) * this.#continuous + column;
    if (this.seen(stay, column)) this.facts[at] = this.#logarithm[age]!;
  }
}

/** Arrays from which histories are written, row by row. */
export interface HistorySource {
  /** [rows × latents] */
  readonly latents: Float32Array;
  /** [rows × continuous], 1 = observed in this step */
  readonly mask: Float32Array | Uint8Array;
  /** [rows × flags] */
  readonly flags: Float32Array | Uint8Array;
}

/**
 * Writes the history after step `t`, which is row `row` of the source, to `target` from `at` on.
 *
 * @param facts what is known of the continuous columns after the step, [facts × continuous] from `factsFrom` on
 */
export function writeHistory(
  { latents, continuous, flags, steps }: HistoryLayout,
  source: HistorySource,
  row: number,
  facts: Float32Array,
  factsFrom: number,
  t: number,
  target: Float32Array,
  at: number,
): void {
  const known = knownFacts.length * continuous;
  let to = at;
  for (let x = 0; x < latents; x++) target[to++] = source.latents[row * latents + x]!;
  for (let c = 0; c < continuous; c++) target[to++] = source.mask[row * continuous + c]!;
  for (let x = 0; x < known; x++) target[to++] = facts[factsFrom + x]!;
  for (let b = 0; b < flags; b++) target[to++] = source.flags[row * flags + b]!;
  target[to] = (t + 1) / steps;
}

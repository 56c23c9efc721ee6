import type { Cohort } from '../cohort/types.js';
import { featureScales } from './standardScores.js';

/** n, Σx, Σy, Σx², Σy², Σxy */
export const PAIR_SUMS = 6;

/** Steps whose masks one number holds. */
const WORD = 32;

/** What is subtracted from the standard scores of a stay: nothing, or their mean in the feature within the stay. */
export type StayCentring = 'none' | 'stay';

/**
 * Sums over the steps of one stay at which a feature, and another one `lag` steps later, are both observed: standard
 * scores (`featureScales`) of the stay at hand by feature, and masks of 32 steps a number, so that only joint steps are
 * visited and their sums stay in registers. Nothing of the size of the cohort is kept.
 */
export class StayPairSums {
  readonly #cohort: Cohort;
  readonly #features: Uint32Array;
  readonly #mean: Float64Array;
  readonly #sd: Float64Array;
  readonly #centring: StayCentring;
  readonly #words: number;
  readonly #lags: number;
  /** [feature · steps] */
  readonly #scores: Float64Array;
  /** [lag][feature · words] bit t: observed at step t + lag. */
  readonly #masks: Int32Array;

  /**
   * @param features numbers of the features; below they go by their place in this list
   * @param maxLag largest lag that will be asked for
   */
  constructor(cohort: Cohort, features: readonly number[], maxLag: number, centring: StayCentring = 'none') {
    const { steps } = cohort.schema;
    const { mean, sd } = featureScales(cohort);
    this.#cohort = cohort;
    this.#features = Uint32Array.from(features);
    this.#mean = mean;
    this.#sd = sd;
    this.#centring = centring;
    this.#words = Math.ceil(steps / WORD);
    this.#lags = maxLag + 1;
    this.#scores = new Float64Array(features.length * steps);
    this.#masks = new Int32Array(this.#lags * features.length * this.#words);
  }

  /** Makes a stay the one at hand. */
  read(stay: number): void {
    const { values, observed, schema } = this.#cohort;
    const features = this.#features;
    const [mean, sd, scores, masks] = [this.#mean, this.#sd, this.#scores, this.#masks];
    const { steps } = schema;
    const width = schema.features.length;
    const [count, words] = [features.length, this.#words];
    masks.fill(0);
    for (let a = 0; a < count; a++) {
      const f = features[a]!;
      const centre = mean[f]!;
      const scale = sd[f]!;
      const rate = scale === 0 ? 0 : 1 / scale;
      // Scores of steps that are not observed are written, which spares a branch, and never read.
      for (let w = 0, t = 0, cell = stay * steps * width + f; w < words; w++) {
        let mask = 0;
        for (const end = Math.min(steps, t + WORD); t < end; t++, cell += width) {
          scores[a * steps + t] = (values[cell]! - centre) * rate;
          mask |= observed[cell]! << (t & 31);
        }
        masks[a * words + w] = mask;
      }
    }
    if (this.#centring === 'stay') this.#subtractMeans();
    for (let lag = 1; lag < this.#lags; lag++) this.#shift(lag);
  }

  /** Adds the six sums of `first` and, `lag` steps later, `second` to `into`, from `at` on. */
  add(first: number, second: number, lag: number, into: Float64Array, at: number): void {
    const [masks, scores, words] = [this.#masks, this.#scores, this.#words];
    const { steps } = this.#cohort.schema;
    const ofFirst = first * words;
    const ofSecond = (lag * this.#features.length + second) * words;
    let n = 0;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let syy = 0;
    let sxy = 0;
    for (let w = 0; w < words; w++) {
      const start = first * steps + w * WORD;
      const later = second * steps + w * WORD + lag;
      for (let joint = masks[ofFirst + w]! & masks[ofSecond + w]!; joint !== 0; joint &= joint - 1) {
        const t = 31 - Math.clz32(joint & -joint);
        const x = scores[start + t]!;
        const y = scores[later + t]!;
        n++;
        sx += x;
        sy += y;
        sxx += x * x;
        syy += y * y;
        sxy += x * y;
      }
    }
    if (n === 0) return;
    into[at]! += n;
    into[at + 1]! += sx;
    into[at + 2]! += sy;
    into[at + 3]! += sxx;
    into[at + 4]! += syy;
    into[at + 5]! += sxy;
  }

  /** Adds the number of observed steps of a feature and the sum of its scores to `into`, from `at` on. */
  addOwn(feature: number, into: Float64Array, at: number): void {
    const { steps } = this.#cohort.schema;
    for (let w = 0; w < this.#words; w++) {
      const start = feature * steps + w * WORD;
      for (let left = this.#masks[feature * this.#words + w]!; left !== 0; left &= left - 1) {
        into[at]! += 1;
        into[at + 1]! += this.#scores[start + 31 - Math.clz32(left & -left)]!;
      }
    }
  }

  #subtractMeans(): void {
    const { steps } = this.#cohort.schema;
    const sums = new Float64Array(2);
    for (let a = 0; a < this.#features.length; a++) {
      sums.fill(0);
      this.addOwn(a, sums, 0);
      if (sums[0] === 0) continue;
      const mean = sums[1]! / sums[0]!;
      // Scores of steps that are not observed are never read.
      for (let t = a * steps; t < (a + 1) * steps; t++) this.#scores[t]! -= mean;
    }
  }

  #shift(lag: number): void {
    const [masks, words, count] = [this.#masks, this.#words, this.#features.length];
    const [whole, bits] = [lag >>> 5, lag & 31];
    for (let a = 0; a < count; a++)
      for (let w = 0; w + whole < words; w++) {
        const from = a * words + w + whole;
        const low = masks[from]! >>> bits;
        const high = bits > 0 && w + whole + 1 < words ? masks[from + 1]! << (WORD - bits) : 0;
        masks[(lag * count + a) * words + w] = low | high;
      }
  }
}

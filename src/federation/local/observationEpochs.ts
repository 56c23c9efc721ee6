import type { Random } from '../../engine/random.js';
import type { ObservationModel } from '../generatorModels.js';
import type { ReplyOf } from '../messages.js';
import type { EncodedStays } from '../preprocessing/encodedStays.js';
import { KnownCourse, knownFacts, writeHistory, type HistorySource } from '../preprocessing/history.js';
import { scoreInside, type ValueCells } from '../preprocessing/valueCells.js';
import { BatchSeries } from './batchSeries.js';
import { MeanMonitors } from './meanMonitors.js';
import { NormalNoise } from './normalNoise.js';
import { StepDivergence } from './stepDivergence.js';
import { ActiveUnits } from './tcvaeEpochs.js';

/** A hospital's stays as the TCVAE reads and draws them. */
export interface ObservedStays {
  readonly encoded: EncodedStays;
  /** [rows × latents], standardised */
  readonly latents: Float32Array;
  readonly cells: ValueCells;
  /** Discrete feature, counted behind the continuous ones, whose mask says whether a 0/1 value is observed. [values] */
  readonly maskOfValue: readonly number[];
  /** [stays × width] */
  readonly conditions: Float32Array;
  /** Stays with a positive first binary label; a share of every batch may be drawn from them. */
  readonly positives: Uint32Array;
  /** [stays], weight of every stay in the objective; all alike where absent. */
  readonly weights?: Float32Array;
}

/** What is known of a stay's continuous columns after each of its steps; worked out anew for every stay that is read, as it is large. */
export class StayFacts {
  /** [steps × facts × continuous], of the stay that was read last */
  readonly facts: Float32Array;
  readonly #known: KnownCourse;
  readonly #latest: Int32Array;

  constructor(steps: number, continuous: number) {
    this.#known = new KnownCourse(1, continuous, steps);
    this.facts = new Float32Array(steps * this.#known.facts.length);
    this.#latest = new Int32Array(continuous);
  }

  /** @param length rows of the stay, which begins at row `first` */
  read({ mask, continuous }: Pick<EncodedStays, 'mask' | 'continuous'>, first: number, length: number): void {
    const known = this.#known;
    const latest = this.#latest;
    const width = latest.length;
    known.clear();
    for (let t = 0; t < length; t++) {
      for (let c = 0; c < width; c++) {
        const at = (first + t) * width + c;
        if (mask[at] === 1) {
          known.observe(0, c, continuous[at]!);
          latest[c] = t;
        } else known.miss(0, c, t - latest[c]!);
      }
      this.facts.set(known.facts, t * known.facts.length);
    }
  }
}

type Inputs = Readonly<Record<keyof ReturnType<typeof inputSizes>, Float32Array>>;

function inputSizes(model: ObservationModel, conditions: number) {
  const cells = model.steps * model.batch;
  return {
    history: cells * model.history.width,
    bits: cells * model.bits,
    bitWeight: cells * model.bits,
    values: cells * model.history.continuous,
    known: cells * knownFacts.length * model.history.continuous,
    condition: model.batch * conditions,
    stepMask: cells,
    rowWeight: model.batch,
    noise: cells * model.codes,
    beta: 1,
  };
}

/** Writes stay `stay` to place `place` of the batch; −1 leaves the place empty. */
function writeStay(
  model: ObservationModel,
  stays: ObservedStays,
  source: HistorySource,
  known: StayFacts,
  stay: number,
  place: number,
  inputs: Inputs,
  random: Random,
): void {
  const { steps, batch, bits, history } = model;
  const { encoded, cells, maskOfValue } = stays;
  const { facts } = known;
  const { continuous, flags } = history;
  const masks = bits - maskOfValue.length;
  const width = knownFacts.length * continuous;
  const length = stay < 0 ? 0 : encoded.firstRow[stay + 1]! - encoded.firstRow[stay]!;
  if (stay >= 0) known.read(encoded, encoded.firstRow[stay]!, length);
  for (let t = 0; t < steps; t++) {
    const place_t = t * batch + place;
    inputs.stepMask[place_t] = t < length ? 1 : 0;
    if (t >= length) {
      inputs.history.fill(0, place_t * history.width, (place_t + 1) * history.width);
      inputs.bits.fill(0, place_t * bits, (place_t + 1) * bits);
      inputs.values.fill(0, place_t * continuous, (place_t + 1) * continuous);
      inputs.known.fill(0, place_t * width, (place_t + 1) * width);
      continue;
    }
    const row = encoded.firstRow[stay]! + t;
    if (t === 0) inputs.known.fill(0, place_t * width, (place_t + 1) * width);
    else inputs.known.set(facts.subarray((t - 1) * width, t * width), place_t * width);
    writeHistory(history, source, row, facts, t * width, t, inputs.history, place_t * history.width);
    for (let c = 0; c < continuous; c++) {
      const at = row * continuous + c;
      const to = place_t * continuous + c;
      inputs.bits[place_t * bits + c] = encoded.mask[at]!;
      inputs.bitWeight[place_t * bits + c] = 1;
      inputs.values[to] = encoded.mask[at] === 1 ? scoreInside(cells, at, random.uniform()) : 0;
    }
    const values = maskOfValue.length;
    for (let d = 0; d < masks - continuous; d++) {
      inputs.bits[place_t * bits + continuous + d] = encoded.binary[row * flags + values + d]!;
      inputs.bitWeight[place_t * bits + continuous + d] = 1;
    }
    for (let b = 0; b < values; b++) {
      inputs.bits[place_t * bits + masks + b] = encoded.binary[row * flags + b]!;
      inputs.bitWeight[place_t * bits + masks + b] = encoded.binary[row * flags + values + maskOfValue[b]!]!;
    }
  }
}

/**
 * Trains the loaded model for some epochs on the stays of a hospital. Batches are drawn as for the TCVAE on latents; every
 * value is put at a random place of its rounding cell.
 *
 * @returns monitors averaged over stays, and active units and divergence per step over all stays of the last epoch
 */
export async function observationEpochs(
  model: ObservationModel,
  stays: ObservedStays,
  epochs: number,
  learningRate: number,
  beta: number,
  random: Random,
): Promise<Pick<ReplyOf<'trainTcvae'>, 'monitors' | 'divergence'>> {
  const { batch } = model;
  const size = stays.encoded.firstRow.length - 1;
  const width = stays.conditions.length / size;
  const normals = new NormalNoise(random);
  const series = new BatchSeries(model.training, inputSizes(model, width));
  const source: HistorySource = {
    latents: stays.latents,
    mask: stays.encoded.mask,
    flags: stays.encoded.binary,
  };
  const known = new StayFacts(model.steps, model.history.continuous);
  const monitors = new MeanMonitors();
  const active = new ActiveUnits(model.codes);
  const divergence = new StepDivergence(model.steps);
  /** Masks of the batches in the series, which stay as they are until the next batch is written. */
  let masks: Float32Array[] = [];
  const train = async (diagnosed: boolean): Promise<void> => {
    await series.train(learningRate, monitors);
    if (diagnosed)
      masks.forEach((mask, at) => {
        const found = model.diagnosis(mask, at);
        active.add(found.posteriorMean, mask);
        divergence.add(found.divergence, mask);
      });
    masks = [];
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(size);
    for (let from = 0; from < size; from += batch) {
      const count = Math.min(batch, size - from);
      const inputs = series.next(count);
      const repeated = stays.positives.length > 0 ? Math.round(model.positiveShare * count) : 0;
      for (let i = 0; i < batch; i++) {
        let stay = i < count ? order[from + i]! : -1;
        if (i >= count - repeated && i < count)
          stay = stays.positives[random.integer(stays.positives.length)]!;
        inputs.rowWeight[i] = stay < 0 ? 0 : (stays.weights?.[stay] ?? 1);
        writeStay(model, stays, source, known, stay, i, inputs, random);
        if (stay < 0) inputs.condition.fill(0, i * width, (i + 1) * width);
        else inputs.condition.set(stays.conditions.subarray(stay * width, (stay + 1) * width), i * width);
      }
      normals.fill(inputs.noise);
      inputs.beta[0] = beta;
      masks.push(inputs.stepMask);
      if (series.full) await train(epoch === epochs - 1);
    }
    await train(epoch === epochs - 1);
  }
  return {
    monitors: { ...monitors.means(), activeUnits: active.count() },
    divergence: divergence.released(),
  };
}

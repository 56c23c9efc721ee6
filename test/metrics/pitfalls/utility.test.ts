import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { straightAttempt, type Attempt } from '../../../src/metrics/attempt.js';
import { computeBounds } from '../../../src/metrics/bounds.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metrics } from '../../../src/metrics/index.js';
import { metricNamed, metricsOf } from '../../../src/metrics/selection.js';
import { classifierNamed } from '../../../src/metrics/utility/classifiers.js';
import { matchedClassRatio } from '../../../src/metrics/utility/classRatio.js';
import { variableColumns } from '../../../src/metrics/utility/importanceAgreement.js';
import { nextStepExamples } from '../../../src/metrics/utility/nextStepExamples.js';
import { labelTask, longStayTask } from '../../../src/metrics/utility/tasks.js';
import { testResamples } from '../../../src/metrics/utility/testResamples.js';
import { independentMarginals } from '../../../src/trainers/references/independentMarginals.js';
import { changed, simulateSplit } from '../simulatedCohort.js';

interface Real {
  readonly train: Cohort;
  readonly holdout: Cohort;
}

async function score(
  id: string,
  synthetic: Cohort,
  { train, holdout }: Real,
  parameters: MetricParameters = {},
  resamples = 0,
): Promise<Result> {
  return metricNamed(id).compute(
    { train, holdout, reference: null, synthetic, label: 'death', resamples },
    parameters,
    random('pitfall'),
  );
}

function ok(result: Result): Extract<Result, { state: 'ok' }> {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result;
}

const split = simulateSplit([150], 'utility-pitfalls');
const copy = changed(split.train, {});
const oneClass = changed(split.train, { labels: new Float32Array(split.train.size) });
const prevalence = split.holdout.labels.reduce((sum, y) => sum + y, 0) / split.holdout.size;

/** Scores of models that learn the label of the cohort at one site. */
const ON_SYNTHETIC = metrics
  .map(({ descriptor }) => descriptor)
  .filter(({ family, needs }) => family === 'utility' && needs.includes('synthetic'))
  .map(({ id }) => id)
  .filter((id) => !/next_step|los_|leave_one/.test(id));

describe('the test set is not rebalanced', () => {
  it('every score says the natural prevalence of its test side, the AUPRC as its baseline', async () => {
    for (const id of ['utility.tstr_auroc', 'utility.tstr_brier', 'utility.tstr_gap'])
      expect(ok(await score(id, copy, split)).detail).toMatchObject({ testPrevalence: prevalence });
    expect(ok(await score('utility.tstr_auprc', copy, split)).detail?.['baseline']).toBeCloseTo(
      prevalence,
      12,
    );
  });

  it('the AUPRC of HALO, on a test set rebalanced 50/50, is inflated and in preset paper only', async () => {
    const rare = { ...split, holdout: withPrevalence(split.holdout, 0.1) };
    const natural = ok(await score('utility.tstr_auprc', copy, rare));
    const balanced = ok(await score('utility.tstr_auprc', copy, rare, { test: 'balanced' }));
    expect(balanced.detail?.['baseline']).toBe(0.5);
    expect(balanced.value).toBeGreaterThan(natural.value + 0.2);
    const { variants, definition } = metricNamed('utility.tstr_auprc').descriptor;
    for (const [preset, sets] of Object.entries(variants))
      expect(sets.some((parameters) => parameters['test'] === 'balanced')).toBe(preset === 'paper');
    expect(definition).toContain('FLAW');
  });

  it('matched class ratios change the training side, never the test side', async () => {
    const rare = changed(withPrevalence(split.train, 0.12), {});
    for (const classRatio of ['generated', 'matched']) {
      const { detail } = ok(await score('utility.tstr_auroc', rare, split, { classRatio }));
      expect(detail?.['testPrevalence']).toBe(prevalence);
      const ofTraining = classRatio === 'matched' ? split.train.labels : rare.labels;
      const expected = ofTraining.reduce((sum, y) => sum + y, 0) / ofTraining.length;
      expect(Math.abs(Number(detail?.['trainingPrevalence']) - expected)).toBeLessThan(0.03);
    }
  });
});

describe('single-class labels', () => {
  it.each(ON_SYNTHETIC)(
    '%s: one class in the synthetic cohort is undefined, not 0, not −1, no label flipped',
    async (id) => {
      // Real and synthetic stays together still have both classes, so a gain has a value there.
      if (id === 'utility.augmentation_gain') return;
      for (const parameters of metricNamed(id).descriptor.variants.full ?? []) {
        const result = await score(id, oneClass, split, parameters);
        expect(result).toMatchObject({
          state: 'undefined',
          reason: expect.stringMatching(/^single-class-(train|test): /) as string,
        });
      }
    },
  );

  it('augmentation with one class has a value, since the real stays have both', async () => {
    expect(ok(await score('utility.augmentation_gain', oneClass, split)).value).toBeLessThan(0.05);
  });

  it('classes that are only in the test set stay there: the reason is the training side, not the test side', async () => {
    expect(await score('utility.trtr_auroc', copy, { ...split, train: oneClass })).toMatchObject({
      reason: expect.stringContaining('single-class-train') as string,
    });
    const healthy = changed(split.holdout, { labels: new Float32Array(split.holdout.size) });
    expect(await score('utility.trtr_auroc', copy, { ...split, holdout: healthy })).toMatchObject({
      reason: expect.stringContaining('single-class-test') as string,
    });
  });
});

describe('encoders on the training side only', () => {
  it.each(['logistic', 'forest', 'boosting', 'gru', 'forest-reference'])(
    '%s: what else is on the test side does not change the score of a stay',
    async (model) => {
      const task = labelTask('death');
      if ('reason' in task) throw new Error(task.reason);
      const fitted = await classifierNamed(model).fit(task.examples(split.train), 0);
      const far = changed(split.holdout, {
        values: split.holdout.values.map((v, i) => (i % 2 === 0 ? v : 1e4)),
      });
      const [whole, alone] = await Promise.all(
        [split.holdout, selectStays(split.holdout, [7])].map((cohort) =>
          fitted.predict(task.examples(cohort)),
        ),
      );
      expect(alone!.scores[0]).toBeCloseTo(whole!.scores[7]!, 5);
      const withFar = await fitted.predict(
        task.examples(
          selectStays(
            far,
            Array.from({ length: far.size }, (_, i) => i),
          ),
        ),
      );
      expect(withFar.scores).toHaveLength(far.size);
      expect((await fitted.predict(task.examples(split.holdout))).scores).toEqual(whole!.scores);
    },
  );
});

describe('arms of equal number', () => {
  it('a class ratio is matched by subsampling both arms to the same numbers of either class', () => {
    const outcome = (ones: number, zeros: number): Uint8Array =>
      Uint8Array.from([...Array<number>(ones).fill(1), ...Array<number>(zeros).fill(0)]);
    const count = (all: Uint8Array, rows: readonly number[]): number[] =>
      [0, 1].map((label) => rows.filter((row) => all[row] === label).length);
    for (const [real, synthetic] of [
      [outcome(20, 80), outcome(50, 50)],
      [outcome(50, 50), outcome(10, 90)],
      [outcome(30, 70), outcome(30, 70)],
    ] as const) {
      const rows = matchedClassRatio(real, synthetic);
      expect(count(real, rows.real)).toEqual(count(synthetic, rows.synthetic));
      const [zeros, ones] = count(real, rows.real);
      const share = real.reduce((sum, y) => sum + y, 0) / real.length;
      expect(Math.abs(ones! / (ones! + zeros!) - share)).toBeLessThan(0.02);
    }
    expect(matchedClassRatio(outcome(20, 80), outcome(50, 50)).real).toHaveLength(63);
    const same = matchedClassRatio(outcome(30, 70), outcome(30, 70));
    expect(same.real).toEqual(same.synthetic);
  });
});

describe('augmentation gain', () => {
  it('of a copy with a penalty per stay is 0, and its ceiling is that of fresh patients, not of a copy', async () => {
    const result = ok(await score('utility.augmentation_gain', copy, split, { alpha: 1 }, 20));
    expect(Math.abs(result.value)).toBeLessThan(1e-3);
    const bounds = await computeBounds(split, {
      selections: metricsOf(['utility.augmentation_gain', 'utility.trts_auroc']),
      resamples: 0,
      label: 'death',
      seed: 1,
      sites: ['pooled'],
    });
    const fresh = ok(await score('utility.augmentation_gain', split.reference, split));
    expect(bounds.entries.find(({ metric }) => metric === 'utility.augmentation_gain')?.ceiling).toBe(
      fresh.value,
    );
    // Testing a model on the stays it learned from would be no ceiling.
    const trtr = ok(await score('utility.trtr_auroc', copy, split));
    const trts = bounds.entries.filter(({ metric }) => metric === 'utility.trts_auroc');
    expect(trts[0]?.ceiling).toBe(trtr.value);
  });
});

it('the floor of the headline TSTR AUROC is the mean over draws of independent marginals, that of other models and metrics one draw', async () => {
  const selections = metricsOf(['utility.tstr_auroc', 'utility.tstr_brier']).filter(
    ({ metric, parameters }) =>
      parameters['classRatio'] === undefined &&
      (parameters['model'] === 'logistic' ||
        (metric.descriptor.id === 'utility.tstr_auroc' && parameters['model'] === 'forest')),
  );
  const names: string[] = [];
  const attempt: Attempt = {
    run: (name, compute) => (names.push(name), straightAttempt.run(name, compute)),
  };
  const options = { selections, resamples: 0, label: 'death', seed: 1, sites: ['pooled'], attempt };
  const { entries } = await computeBounds(split, options);
  const draws = ['', '1', '2', '3', '4'].map((draw) =>
    independentMarginals(split.train, random(1, 'floor-marginals', ...(draw === '' ? [] : [draw]))),
  );
  const values = await Promise.all(
    draws.map(
      async (draw) => ok(await score('utility.tstr_auroc', draw, split, { model: 'logistic' })).value,
    ),
  );
  expect(new Set(values).size).toBe(5);
  const floorOf = (id: string): number | null | undefined =>
    entries.find(({ metric }) => metric === id)?.floor;
  expect(floorOf('utility.tstr_auroc')).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 5, 12);
  const forest = ok(await score('utility.tstr_auroc', draws[0]!, split, { model: 'forest' })).value;
  const ofForest = entries.find(({ parameters }) => parameters['model'] === 'forest');
  expect(ofForest?.floor).toBeCloseTo(forest, 12);
  const brier = ok(await score('utility.tstr_brier', draws[0]!, split, { model: 'logistic' })).value;
  expect(floorOf('utility.tstr_brier')).toBeCloseTo(brier, 12);
  expect(new Set(names).size).toBe(names.length);
});

describe('long stays', () => {
  const grid = (cohort: Cohort, stepHours: number, labels: Cohort['schema']['labels']): Cohort => ({
    ...cohort,
    schema: { ...cohort.schema, stepHours, labels },
  });
  const [death] = split.train.schema.labels;
  const asRead = (stepHours: number, name = death!.name): Promise<Result> => {
    const labels = [{ ...death!, name }];
    return score('utility.los_auroc', grid(copy, stepHours, labels), {
      train: grid(split.train, stepHours, labels),
      holdout: grid(split.holdout, stepHours, labels),
    });
  };

  it('on a grid that ends within three days without a label los3 are undefined, not read off the grid', async () => {
    expect(await asRead(1)).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('short-grid') as string,
    });
    expect(await asRead(48)).toMatchObject({ reason: expect.stringContaining('coarse-grid') as string });
  });

  it('are foretold from the first day of the stays that last a day, never from the length itself', async () => {
    // Twelve steps of eight hours: stays of more than nine steps are long ones, three steps are seen.
    const task = longStayTask(grid(split.holdout, 8, []).schema);
    if ('reason' in task) throw new Error(task.reason);
    const short = { ...split.holdout, length: split.holdout.length.map((l, i) => (i < 20 ? 2 : l)) };
    const { outcome, stays, table } = task.examples(grid(short, 8, []));
    const lasting = [...short.length].filter((length) => length >= 3);
    expect([...outcome]).toEqual(lasting.map((length) => (length > 9 ? 1 : 0)));
    expect(stays!().schema.steps).toBe(3);
    const column = table.columns.indexOf('length');
    for (let row = 0; row < table.rows; row++)
      expect(table.values[row * table.columns.length + column]).toBe(3);
    // The label of the data set goes before the grid.
    const labelled = ok(await asRead(8, 'los3'));
    const [seen, all] = [split.holdout.length, split.holdout.labels];
    expect(seen.every((length) => length >= 3)).toBe(true);
    expect(labelled.detail?.['testPrevalence']).toBe(all.reduce((sum, y) => sum + y, 0) / all.length);
  });
});

describe('hospitals and groups', () => {
  const hospitals = simulateSplit([120, 100, 14], 'utility-hospitals');

  it('a hospital is scored by a model that never saw its synthetic stays', async () => {
    const corrupted = changed(hospitals.train, {
      labels: hospitals.train.labels.map((y, i) => (hospitals.train.hospital[i] === 0 ? 1 - y : y)),
    });
    const aurocs = async (synthetic: Cohort): Promise<Record<string, number | null>> => {
      const result = ok(await score('utility.leave_one_hospital_out_auroc', synthetic, hospitals));
      const rows = result.detail?.['hospitals'] as readonly { hospital: string; auroc: number | null }[];
      return Object.fromEntries(rows.map(({ hospital, auroc }) => [hospital, auroc]));
    };
    const [clean, wrong] = [await aurocs(changed(hospitals.train, {})), await aurocs(corrupted)];
    expect(wrong['A']).toBe(clean['A']);
    expect(wrong['B']).toBeLessThan(clean['B']! - 0.2);
  });

  it('the mean and the worst hospital are told, and a hospital with too few stays of a class is not', async () => {
    const few = {
      ...hospitals,
      holdout: changed(hospitals.holdout, {
        labels: hospitals.holdout.labels.map((y, i) => (hospitals.holdout.hospital[i] === 2 ? 0 : y)),
      }),
    };
    const [mean, worst] = await Promise.all(
      ['mean', 'worst'].map((aggregate) =>
        score('utility.leave_one_hospital_out_auroc', changed(hospitals.train, {}), few, { aggregate }),
      ),
    );
    const rows = ok(mean!).detail?.['hospitals'] as readonly { auroc: number | null }[];
    expect(rows.map(({ auroc }) => auroc === null)).toEqual([false, false, true]);
    const known = rows.flatMap(({ auroc }) => (auroc === null ? [] : [auroc]));
    expect(ok(mean!).value).toBeCloseTo((known[0]! + known[1]!) / 2, 12);
    expect(ok(worst!)).toMatchObject({ value: Math.min(...known), ciLow: null, ciHigh: null });
    expect(metricNamed('utility.leave_one_hospital_out_auroc').descriptor.pooledOnly).toBe(true);
  });

  it('one hospital cannot be left out', async () => {
    expect(await score('utility.leave_one_hospital_out_auroc', copy, split)).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('few-hospitals') as string,
    });
  });

  it('the subgroup gap is the AUROC of all less that of the worst group, groups under 11 stays withheld', async () => {
    const { holdout } = hospitals;
    const statics = holdout.statics.map((v, cell) => (cell % 2 === 1 ? v : cell < 20 ? 85 : Math.min(v, 79)));
    const few = { ...hospitals, holdout: changed(holdout, { statics }) };
    const result = ok(await score('utility.subgroup_gap', copy, few, { by: 'age' }, 20));
    const groups = result.detail?.['groups'] as readonly { group: string; auroc: number | null }[];
    expect(groups.map(({ group }) => group)).toEqual(['under 45', '45–64', '65–79', '80 and over']);
    // Ten stays are 80 and over.
    expect(groups[3]!.auroc).toBeNull();
    const known = groups.flatMap(({ auroc }) => (auroc === null ? [] : [auroc]));
    const overall = ok(await score('utility.tstr_auroc', copy, few)).value;
    expect(result.value).toBeCloseTo(overall - Math.min(...known), 12);
    const bySex = ok(await score('utility.subgroup_gap', copy, hospitals, { by: 'sex' }));
    expect((bySex.detail?.['groups'] as { group: string }[]).map(({ group }) => group)).toEqual(['F', 'M']);
  });

  it('without age or sex among the statics the subgroup gap is undefined', async () => {
    const without = (cohort: Cohort): Cohort => ({
      ...cohort,
      schema: { ...cohort.schema, statics: [] },
      statics: new Float32Array(0),
      staticsObserved: new Uint8Array(0),
    });
    const real = { train: without(split.train), holdout: without(split.holdout) };
    for (const by of ['age', 'sex'])
      expect(await score('utility.subgroup_gap', without(copy), real, { by })).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining(`no-${by}`) as string,
      });
  });
});

describe('next steps', () => {
  it('are foretold from what came before them only', () => {
    const later = changed(split.holdout, {
      values: split.holdout.values.map((v, cell) => (Math.floor(cell / 6) % 12 >= 6 ? v + 50 : v)),
    });
    const [plain, moved] = [split.holdout, later].map((cohort) => nextStepExamples(cohort, 2));
    const { columns } = plain!.table;
    const step = columns.indexOf('step');
    let compared = 0;
    for (let row = 0; row < plain!.table.rows; row++) {
      const of = (examples: typeof plain): number[] => [
        ...examples!.table.values.subarray(row * columns.length, (row + 1) * columns.length),
      ];
      if (of(plain)[step]! > 6) continue;
      expect(of(moved)).toEqual(of(plain));
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('a feature that synthetic stays do not teach counts as guessing, and is named where there is no worst error', async () => {
    const width = 6;
    const blind = changed(split.train, {
      observed: split.train.observed.map((seen, cell) => (cell % width === 2 ? 0 : seen)),
      values: split.train.values.map((v, cell) => (cell % width === 2 ? 0 : v)),
    });
    const auroc = ok(await score('utility.next_step_auroc', blind, split));
    expect(auroc.detail).toMatchObject({ untaught: ['lactate'] });
    expect((auroc.detail?.['values'] as number[])[2]).toBe(0.5);
    const mae = ok(await score('utility.next_step_mae', blind, split));
    expect(mae.detail).toMatchObject({ absentOnOneSide: ['lactate'] });
  });
});

describe('importance agreement', () => {
  it('of a copy is 1; permuted labels lose it', async () => {
    expect(ok(await score('utility.importance_agreement', copy, split, {}, 10))).toMatchObject({
      value: 1,
      ciLow: 1,
    });
    const order = random('labels').permutation(split.train.size);
    const labels = split.train.labels.map((_, i) => split.train.labels[order[i]!]!);
    const lost = ok(await score('utility.importance_agreement', changed(split.train, { labels }), split));
    expect(lost.value).toBeLessThan(0.8);
  });

  it('moves all columns of a variable together, whichever name begins with another', () => {
    const { schema } = split.train;
    const features = ['heart', 'heart rate'].map((name) => ({ name, kind: 'continuous' as const }));
    const columns = ['heart mean', 'heart sd', 'heart rate mean', 'length', 'age value'];
    expect(variableColumns(columns, { ...schema, features })).toEqual([
      { name: 'heart', columns: [0, 1] },
      { name: 'heart rate', columns: [2] },
      { name: 'length', columns: [3] },
      { name: 'age', columns: [4] },
    ]);
  });
});

describe('two sources of variance stay apart', () => {
  it('the spread over evaluation seeds is a detail and no part of the interval', async () => {
    const parameters = { model: 'forest', seeds: 4 };
    const result = ok(await score('utility.tstr_auroc', copy, split, parameters, 50));
    expect(result.detail?.['seedSd']).toBeGreaterThan(0);
    const half = (result.ciHigh! - result.ciLow!) / 2;
    const single = ok(await score('utility.tstr_auroc', copy, split, { model: 'forest' }, 50));
    expect(single.detail).not.toHaveProperty('seedSd');
    expect(Math.abs(half / ((single.ciHigh! - single.ciLow!) / 2) - 1)).toBeLessThan(0.25);
  });

  it('models without chance are trained once, whatever the number of seeds', async () => {
    const [one, five] = await Promise.all(
      [1, 5].map((seeds) => score('utility.tstr_auroc', copy, split, { model: 'boosting', seeds })),
    );
    expect(ok(five!).value).toBe(ok(one!).value);
    expect(ok(five!).detail).not.toHaveProperty('seedSd');
  });
});

describe('patients are the unit of resampling', () => {
  it('stays of one patient come and go together, and no resample loses a class', () => {
    const patients = Array.from({ length: 40 }, (_, i) => `p${Math.floor(i / 2)}`);
    const outcome = Uint8Array.from({ length: 40 }, (_, i) => (i < 6 ? 1 : 0));
    for (const weights of testResamples({ outcome, patients }, 30, random('together'))) {
      for (let i = 0; i < 40; i += 2) expect(weights[i]).toBe(weights[i + 1]);
      expect(weights.slice(0, 6).reduce((sum, w) => sum + w, 0)).toBe(6);
      expect(weights.reduce((sum, w) => sum + w, 0)).toBe(40);
    }
  });

  it('an interval over patients with twin stays is wider than one that takes stays for independent', async () => {
    const twice = (cohort: Cohort): number[] => Array.from({ length: 2 * cohort.size }, (_, i) => i >> 1);
    const twins = selectStays(split.holdout, twice(split.holdout));
    const strangers = { ...twins, patients: twins.patients.map((_, i) => `stay-${i}`) };
    for (const id of ['utility.tstr_auroc', 'utility.tstr_gap', 'utility.tstr_auprc']) {
      const width = async (holdout: Cohort): Promise<number> => {
        const result = ok(await score(id, split.reference, { ...split, holdout }, {}, 200));
        return result.ciHigh! - result.ciLow!;
      };
      const ratio = (await width(twins)) / (await width(strangers));
      expect(ratio, id).toBeGreaterThan(1.2);
      expect(ratio, id).toBeLessThan(1.7);
    }
  });
});

/** Positive stays are left out until their share is about the one wanted. */
function withPrevalence(cohort: Cohort, share: number): Cohort {
  const rows = Array.from({ length: cohort.size }, (_, i) => i);
  const negatives = rows.filter((row) => cohort.labels[row] === 0);
  const positives = rows.filter((row) => cohort.labels[row] === 1);
  const kept = positives.slice(0, Math.round((share / (1 - share)) * negatives.length));
  return selectStays(
    cohort,
    [...negatives, ...kept].sort((a, b) => a - b),
  );
}

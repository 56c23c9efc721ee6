import { describe, expect, it } from 'vitest';

import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort, Provenance } from '../../../src/cohort/types.js';
import { describeCohort } from '../../../src/datasets/describe/describeCohort.js';
import { jensenShannonDistance } from '../../../src/stats/jensenShannon.js';
import { simulate } from '../../../src/datasets/simulated/simulate.js';

const threeHospitals = [400, 300, 200].map((patients, k) => ({ id: `H${k}`, patients, deathRate: 0.2 }));
const cohort = simulate({ hospitals: threeHospitals, steps: 4, drugs: 2, eta: 1 }, 3).cohort();

/** Hospitals of the given sizes, cut from a simulated cohort. */
function sized(sizes: readonly number[], changes: Partial<Cohort> = {}): Cohort {
  const whole = simulate(
    {
      hospitals: sizes.map((patients, k) => ({ id: `H${k}`, patients, deathRate: 0.3 })),
      steps: 3,
      drugs: 1,
    },
    8,
  ).cohort();
  return { ...whole, ...changes };
}

function withAttrition(from: Cohort, attrition: NonNullable<Provenance['attrition']>): Cohort {
  const { schema } = from;
  return { ...from, schema: { ...schema, provenance: { ...schema.provenance, attrition } } };
}

describe('describeCohort', () => {
  const description = describeCohort(cohort);

  it('counts patients and label prevalence as a plain loop does', () => {
    for (const [k, { patients }] of description.hospitals.entries()) {
      const stays = [...cohort.hospital.keys()].filter((stay) => cohort.hospital[stay] === k);
      expect(patients).toBe(stays.length);
      const deaths = stays.filter((stay) => cohort.labels[stay] === 1).length;
      const { prevalence, interval, skew } = description.labels[0]!.hospitals[k]!;
      expect(prevalence).toBeCloseTo(deaths / stays.length, 12);
      expect(interval![0]).toBeLessThan(prevalence!);
      expect(interval![1]).toBeGreaterThan(prevalence!);
      expect(skew).toBeGreaterThanOrEqual(0);
    }
    expect(description.patients).toBe(900);
    expect(description.stays).toBe(900);
  });

  it('counts what is recorded as a plain loop does', () => {
    const width = cohort.schema.features.length;
    for (const feature of [0, 7, width - 1]) {
      let seen = 0;
      const at = [0, 0, 0, 0];
      for (let cell = feature; cell < cohort.observed.length; cell += width) {
        seen += cohort.observed[cell]!;
        at[Math.floor(cell / width) % 4]! += cohort.observed[cell]!;
      }
      const { observed, observedAt } = description.features[feature]!;
      expect(observed).toBeCloseTo(seen / (900 * 4), 12);
      for (const [t, share] of observedAt.entries())
        if (share !== null) expect(share).toBeCloseTo(at[t]! / 900, 12);
    }
  });

  it('measures the distance of a binary feature by the formula', () => {
    const width = cohort.schema.features.length;
    const drug = width - 1;
    const counts = [0, 1, 2].map(() => [0, 0]);
    for (let stay = 0; stay < cohort.size; stay++)
      for (let t = 0; t < 4; t++)
        counts[cohort.hospital[stay]!]![cohort.values[(stay * 4 + t) * width + drug]!]! += 1;
    const pooled = [0, 1].map((value) => counts.reduce((sum, one) => sum + one[value]!, 0));
    for (const [k, distance] of description.features[drug]!.divergence.entries())
      expect(distance).toBeCloseTo(jensenShannonDistance(counts[k]!, pooled)!, 12);
  });

  it('finds hospitals no further from the pool than chance where there is no site shift, and further where there is', () => {
    const distances = (eta: number): number => {
      const { features } = describeCohort(
        simulate(
          { hospitals: 3, patients: 1500, steps: 3, drugs: 0, eta, severityMissingness: 0 },
          5,
        ).cohort(),
      );
      const ratio = features.flatMap(({ divergence, divergenceByChance }) =>
        divergence.flatMap((one, k) => {
          const chance = divergenceByChance[k] ?? null;
          return one === null || chance === null ? [] : [one / chance];
        }),
      );
      return ratio.reduce((sum, one) => sum + one, 0) / ratio.length;
    };
    const [none, strong] = [distances(0), distances(1.5)];
    expect(none).toBeGreaterThan(0.8);
    expect(none).toBeLessThan(1.2);
    expect(strong).toBeGreaterThan(2);
  });

  it('is the same for the same cohort', () => {
    expect(describeCohort(cohort)).toEqual(description);
  });
});

describe('suppression', () => {
  it('withholds a hospital of 7 and a second one, so that the total does not give it away', () => {
    const { hospitals, patients, features, labels } = describeCohort(sized([7, 40, 60, 200]));
    expect(hospitals.map((one) => one.patients)).toEqual([null, null, 60, 200]);
    expect(patients).toBe(307);
    for (const feature of features) {
      expect(feature.observedIn[0]).toBeNull();
      expect(feature.divergence[0]).toBeNull();
    }
    for (const label of labels)
      expect(label.hospitals[0]).toEqual({ prevalence: null, interval: null, skew: null });
  });

  it('withholds a prevalence with 1 to 10 on either side, and a second one', () => {
    const base = sized([100, 100, 100]);
    const labels = Float32Array.from(base.labels, (_, stay) => {
      const within = stay % 100;
      return stay < 100 ? (within < 3 ? 1 : 0) : within < 30 ? 1 : 0;
    });
    const { labels: described } = describeCohort({ ...base, labels });
    const shown = described[0]!.hospitals.map(({ prevalence }) => prevalence !== null);
    expect(shown[0]).toBe(false);
    expect(shown.filter((one) => !one)).toHaveLength(2);
    expect(described[0]!.prevalence).toBeCloseTo(63 / 300, 12);
  });

  it('says nothing that depends on a feature only 5 patients have', () => {
    const base = sized([50, 50]);
    const width = base.schema.features.length;
    const observed = base.observed.slice();
    const values = base.values.slice();
    for (let stay = 5; stay < base.size; stay++)
      for (let t = 0; t < 3; t++) {
        observed[(stay * 3 + t) * width] = 0;
        values[(stay * 3 + t) * width] = 0;
      }
    const [feature] = describeCohort({ ...base, observed, values }).features;
    expect(feature!.observed).toBeNull();
    expect(feature!.quartiles).toBeNull();
    expect(feature!.divergence[0]).toBeNull();
    expect(feature!.observedAt.filter((share) => share !== null && share > 0)).toEqual([]);
  });

  it('does not tell how few patients came back', () => {
    const base = sized([60, 60]);
    const patients = base.patients.map((id, stay) => (stay === 1 ? base.patients[0]! : id));
    const described = describeCohort(
      withAttrition({ ...base, patients }, [
        { step: 'in the files', remaining: 300 },
        { step: 'kept', remaining: 120 },
      ]),
    );
    expect(described.stays).toBeNull();
    expect(described.attrition.map(({ remaining }) => remaining)).toEqual([300, null]);
    expect(described.patients).toBe(119);
  });

  it('joins inclusion steps that differ by 1 to 10', () => {
    const whole = sized([60, 60]);
    const steps = [
      { step: 'in the files', remaining: 500, hospitals: { H0: 250, H1: 250 } },
      { step: 'adults', remaining: 497, hospitals: { H0: 249, H1: 248 } },
      { step: 'long enough', remaining: 120, hospitals: { H0: 60, H1: 60 } },
    ];
    const { attrition } = describeCohort(withAttrition(whole, steps));
    expect(attrition.map(({ step, remaining }) => [step, remaining])).toEqual([
      ['in the files; adults', 497],
      ['long enough', 120],
    ]);
    expect(attrition[0]!.hospitals).toEqual([249, 248]);
  });

  it('leaves no two lines that differ by 1 to 10, however many steps it takes', () => {
    const steps = [140, 140, 140, 134, 123, 123, 120].map((remaining, index) => ({
      step: `step ${index}`,
      remaining,
    }));
    const { attrition } = describeCohort(withAttrition(sized([60, 60]), steps));
    expect(attrition.map(({ remaining }) => remaining)).toEqual([134, 120]);
    expect(attrition.map(({ step }) => step).join('; ')).toBe(steps.map(({ step }) => step).join('; '));
  });

  it('drops the numbers of hospitals from inclusion steps where one leaves out 1 to 10 there', () => {
    const { attrition } = describeCohort(
      withAttrition(sized([60, 60]), [
        { step: 'in the files', remaining: 200, hospitals: { H0: 65, H1: 135 } },
        { step: 'kept', remaining: 120, hospitals: { H0: 60, H1: 60 } },
      ]),
    );
    expect(attrition.map(({ remaining }) => remaining)).toEqual([200, 120]);
    expect(attrition.flatMap(({ hospitals }) => hospitals)).toEqual([null, null, null, null]);
  });

  it('prints no raw small count anywhere in the description', () => {
    const { schema } = sized([60, 60]);
    const provenance: Provenance = {
      ...schema.provenance,
      outOfRange: { hr: 3 },
      unknownUnit: { sbp: 7 },
      converted: [{ variable: 'temp', from: '°F', values: 2 }],
    };
    const described = describeCohort(sized([60, 60], { schema: { ...schema, provenance } }));
    expect(described.features[0]!.outOfRange).toBe('<11');
    expect(described.provenance.unknownUnit).toEqual({ sbp: '<11' });
    expect(described.provenance.converted).toEqual([{ variable: 'temp', from: '°F', values: '<11' }]);
  });

  it('describes a cohort of a single stay without a word about it', () => {
    const one = describeCohort(selectStays(cohort, [0]));
    expect(one.patients).toBeNull();
    expect(one.stays).toBeNull();
    expect(
      one.features.every(
        ({ observed, quartiles }) => (observed === null || observed === 0) && quartiles === null,
      ),
    ).toBe(true);
  });
});

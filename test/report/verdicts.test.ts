import { describe, expect, it } from 'vitest';
import type { ScoreRow } from '../../src/metrics/contract.js';
import { reportModel } from '../../src/report/model.js';
import { attackPower } from '../../src/report/power.js';
import { nullStandardError } from '../../src/stats/auroc.js';
import { verdictSection } from '../../src/report/page/summarySection.js';
import { comparisonsOf, countGaps, verdictsOf } from '../../src/report/verdicts.js';
import { hospitalRange } from '../../src/report/hospitalRange.js';
import { worstPlaces } from '../../src/report/worst.js';
import { descriptors, fixture } from './fixture.js';

const results = fixture();

function withRow(change: (row: ScoreRow) => Partial<ScoreRow> | null): ReturnType<typeof reportModel> {
  return reportModel(
    { ...results, rows: results.rows.map((row) => ({ ...row, ...change(row) })) },
    descriptors,
  );
}

const isAcf = (row: ScoreRow, trainer: string, against: string): boolean =>
  isOf('temporal.acf_gap', row, trainer, against);

const isOf = (metric: string, row: ScoreRow, trainer: string, against: string): boolean =>
  row.trainer === trainer &&
  row.metric === metric &&
  row.site === 'pooled' &&
  row.parameters['against'] === against;

const acfSentence = (model: ReturnType<typeof reportModel>): string =>
  verdictsOf(model)
    .find((item) => item.subject.trainer === 'centralized')!
    .verdicts.find((verdict) => verdict.score.descriptor.id === 'temporal.acf_gap')!.sentence;

describe('verdicts', () => {
  it('says how far a score lies from real to independent columns', () => {
    const model = withRow((row) =>
      isAcf(row, 'centralized', 'holdout')
        ? { value: 0.12, ciLow: 0.11, ciHigh: 0.13, ceiling: 0.05, floor: 0.55 }
        : null,
    );
    // (0.12 − 0.05) / (0.55 − 0.05) = 14 %
    expect(acfSentence(model)).toBe(
      'ACF gap 0.120 (95 % CI 0.110–0.130): 14 % of the way from fresh real patients (0.050) to independent columns (0.550).',
    );
  });

  it('claims no difference from real patients only when the interval reaches the ceiling', () => {
    const near = withRow((row) =>
      isAcf(row, 'centralized', 'holdout') ? { value: 0.06, ciLow: 0.045, ciHigh: 0.07 } : null,
    );
    expect(acfSentence(near)).toContain('cannot be told from fresh real patients (0.050)');
    const bad = withRow((row) =>
      isAcf(row, 'centralized', 'holdout') ? { value: 0.54, ciLow: 0.5, ciHigh: 0.56 } : null,
    );
    expect(acfSentence(bad)).toContain('no better than independent columns');
  });

  it('says why a score has no value, in one sentence', () => {
    const model = withRow((row) =>
      isAcf(row, 'centralized', 'holdout')
        ? { value: null, ciLow: null, ciHigh: null, state: 'failed', reason: 'error: No such program.' }
        : null,
    );
    expect(acfSentence(model)).toBe('ACF gap has no value (failed: error: No such program).');
  });

  it('does not place a score between ends that lie within its own noise', () => {
    const model = withRow((row) =>
      isAcf(row, 'centralized', 'holdout')
        ? { value: 0.06, ciLow: 0.02, ciHigh: 0.1, ceiling: 0.05, floor: 0.06 }
        : null,
    );
    expect(acfSentence(model)).toContain('too close together');
  });

  it('says that a score is worse than both ends where its whole interval is, however close these lie', () => {
    const model = withRow((row) =>
      isAcf(row, 'centralized', 'holdout')
        ? { value: 0.11, ciLow: 0.08, ciHigh: 0.14, ceiling: 0.05, floor: 0.06 }
        : null,
    );
    expect(acfSentence(model)).toBe(
      'ACF gap 0.110 (95 % CI 0.080–0.140): worse than both fresh real patients (0.050) and independent columns (0.060).',
    );
    const lead = verdictsOf(model).find(({ subject }) => subject.trainer === 'centralized')!.lead;
    expect(lead).toContain('on 1 whose ends are not told apart it is worse than both');
  });

  it('raises the memorisation flag when a score against train is better than its ceiling', () => {
    const warnings = (model: ReturnType<typeof reportModel>): string =>
      verdictsOf(model)
        .filter((item) => item.subject.trainer === 'centralized')
        .flatMap((item) => item.warnings)
        .join(' ');
    expect(warnings(withRow(() => null))).not.toContain('Memorisation');
    const memorised = (metrics: readonly string[]): string =>
      warnings(
        withRow((row) =>
          metrics.some((metric) => isOf(metric, row, 'centralized', 'train'))
            ? { value: 0.01, ciLow: 0.005, ciHigh: 0.015, ceiling: 0.05 }
            : null,
        ),
      );
    // One of many scores is what chance gives.
    expect(memorised(['temporal.acf_gap'])).not.toContain('Memorisation');
    const both = memorised(['temporal.acf_gap', 'marginal.ks']);
    expect(both).toContain('ACF gap is 0.010 (fresh real patients 0.050)');
    expect(both).toContain('each better than fresh real patients reach beyond the noise of both');
    expect(both.match(/Memorisation flag/g)).toHaveLength(1);
    const withinNoise = withRow((row) =>
      isAcf(row, 'centralized', 'train') ? { value: 0.04, ciLow: 0.02, ciHigh: 0.06 } : null,
    );
    expect(warnings(withinNoise)).not.toContain('Memorisation');
  });

  it('warns of leaks when an attack is above guessing and above what it gets of fresh patients', () => {
    const leaksAt = (ceiling: number | null): boolean => {
      const rows = results.rows.map((row) =>
        row.metric === 'privacy.mia_distance_auroc' && row.trainer === 'fedehr-gen'
          ? { ...row, value: 0.518, ciLow: 0.503, ciHigh: 0.533, ceiling }
          : row,
      );
      return verdictsOf(reportModel({ ...results, rows }, descriptors))
        .filter(({ subject }) => subject.trainer === 'fedehr-gen')
        .some(({ warnings }) => warnings.some((warning) => warning.startsWith('Membership leaks')));
    };
    expect([leaksAt(null), leaksAt(0.501), leaksAt(0.512)]).toEqual([true, true, false]);
  });

  it('calls reconstructions by their name, and nothing else', () => {
    const page = (trainer: string): string =>
      verdictSection(withRow((row) => (row.trainer === 'fedehr-gen' ? { trainer } : null))).text;
    expect(page('fedehr-gen')).toContain('fedehr-gen is a reconstruction.');
    expect(page('fedehr-gen')).not.toContain('rawmed is a reconstruction.');
    expect(page('rawmed-fedavg')).toContain('rawmed is a reconstruction.');
  });

  it('says that generators are not separated when their intervals overlap', () => {
    const model = withRow((row) =>
      isAcf(row, 'centralized', 'holdout')
        ? { value: 0.12, ciLow: 0.1, ciHigh: 0.16 }
        : isAcf(row, 'fedehr-gen', 'holdout')
          ? { value: 0.15, ciLow: 0.13, ciHigh: 0.17 }
          : null,
    );
    const line = comparisonsOf(model, model.places[0]!).find((text) => text.startsWith('ACF gap'));
    expect(line).toContain('are not separated; their intervals overlap');
  });

  it('counts every score without a value', () => {
    expect(countGaps(withRow(() => null))).toEqual({
      without: results.rows.filter((row) => row.state !== 'ok').length,
      all: results.rows.length,
    });
  });
});

describe('worst hospital', () => {
  it('is the planted one, and clear only when intervals do not overlap', () => {
    const model = reportModel(results, descriptors);
    const worst = worstPlaces(model);
    const acf = [...worst].find(
      ([score]) => score.subject.trainer === 'fedehr-gen' && score.descriptor.id === 'temporal.acf_gap',
    )!;
    expect([acf[0].place.site, acf[1]]).toEqual(['B', 'clear']);
    const membership = [...worst].find(
      ([score]) =>
        score.subject.trainer === 'centralized' && score.descriptor.id === 'privacy.mia_distance_auroc',
    )!;
    expect(membership[1]).toBe('within-noise');
  });

  it('is the one that the table of hospitals names, and nobody where all are equal', () => {
    const model = reportModel(results, descriptors);
    const worst = worstPlaces(model);
    expect(worst.size).toBeGreaterThan(5);
    for (const { place, subject, descriptor } of worst.keys()) {
      const range = hospitalRange(model, place.dataset, subject, descriptor)!;
      expect(place.site).toBe(range.worst.place.site);
      expect(range.worst.value).not.toBe(range.best.value);
    }
    const level = withRow((row) =>
      row.trainer === 'fedehr-gen' && row.metric === 'temporal.acf_gap' ? { value: 0.1 } : null,
    );
    const acf = [...worstPlaces(level).keys()].filter(
      ({ subject, descriptor }) => subject.trainer === 'fedehr-gen' && descriptor.id === 'temporal.acf_gap',
    );
    expect(acf).toEqual([]);
  });
});

describe('power of the attack', () => {
  it('has standard error 0.018 with 500 members and 500 non-members, so an AUROC below 0.536 is noise', () => {
    expect(nullStandardError(500, 500)).toBeCloseTo(0.0183, 4);
    const [pooled] = attackPower({
      ...results.manifest,
      datasets: [
        {
          ...results.manifest.datasets[0]!,
          hospitals: [{ id: 'A', train: 900, holdout: 500, reference: 500 }],
          patients: { train: 900, holdout: 500, reference: 500 },
        },
      ],
    });
    expect(pooled!.members).toBe(500);
    expect(pooled!.noise).toBeCloseTo(0.536, 3);
  });
});

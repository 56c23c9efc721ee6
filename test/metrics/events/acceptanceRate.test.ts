import { describe, expect, it } from 'vitest';
import { alignCohorts } from '../../../src/cohort/align.js';
import { formatProvenance, parseProvenance, provenanceEntry } from '../../../src/cohort/provenanceFile.js';
import type { Cohort, VerificationRecord } from '../../../src/cohort/types.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import { random } from '../../../src/engine/random.js';
import { acceptanceRate } from '../../../src/metrics/events/acceptanceRate.js';

const cohort = simulateEvents({ patients: 30, hospitals: 2 }, 1).cohort();
const record: VerificationRecord = {
  wanted: 30,
  kept: 30,
  drawn: 40,
  accepted: 31,
  reasons: { 'outside-item-range': 9 },
  events: { drawn: 500, accepted: 450 },
  truncatedEvents: 0.01,
  unknownTokens: 0,
};
const verified = (verification: VerificationRecord): Cohort => ({
  ...cohort,
  schema: { ...cohort.schema, provenance: { ...cohort.schema.provenance, verification } },
});
const rate = (synthetic: Cohort, of: 'stays' | 'events') =>
  acceptanceRate.compute(
    { train: cohort, holdout: cohort, reference: null, synthetic, label: null, resamples: 10 },
    { of },
    random('rate'),
  );

describe('events.acceptance_rate', () => {
  it('is what passed over what was drawn, with its interval and the reasons', async () => {
    const stays = await rate(verified(record), 'stays');
    // Wilson's interval of 31 of 40 by its formula.
    expect(stays).toMatchObject({ state: 'ok', value: 0.775, n: 40, detail: { reasons: record.reasons } });
    if (stays.state !== 'ok') throw new Error('no value');
    expect(stays.ciLow).toBeCloseTo(0.62497, 5);
    expect(stays.ciHigh).toBeCloseTo(0.87684, 5);
    expect(await rate(verified(record), 'events')).toMatchObject({ state: 'ok', value: 0.9, n: 500 });
  });

  it('is undefined for cohorts that do not say', async () => {
    const { wanted, kept, drawn, accepted, reasons, truncatedEvents, unknownTokens } = record;
    const older = { wanted, kept, drawn, accepted, reasons, truncatedEvents, unknownTokens };
    expect(await rate(cohort, 'stays')).toMatchObject({ state: 'undefined' });
    expect(await rate(verified(older), 'events')).toMatchObject({ state: 'undefined' });
  });

  it('reads what the cohort folder and the alignment of a comparison keep', () => {
    const { provenance } = verified(record).schema;
    const written = provenanceEntry.parse(JSON.parse(JSON.stringify(formatProvenance(provenance))));
    expect(parseProvenance(written)).toEqual(provenance);
    const [, aligned] = alignCohorts([
      { role: 'real', folder: 'a', cohort },
      { role: 'synthetic', folder: 'b', cohort: verified(record) },
    ]);
    expect(aligned!.schema.provenance.verification).toEqual(record);
  });
});

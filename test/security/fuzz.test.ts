import { expect, it } from 'vitest';
import { parseCohortFile } from '../../src/cohort/cohortFile.js';
import { readEvents } from '../../src/cohort/events/readEvents.js';
import { requireEvents } from '../../src/cohort/events/requireEvents.js';
import { InputError } from '../../src/cohort/inputError.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { requireConsistent } from '../../src/cohort/validate.js';
import { pastJobs } from '../../src/run/pastJobs.js';
import { parseSuite } from '../../src/suite/readSuite.js';
import { expandVariants } from '../../src/suite/variants.js';
import { ProgramEvents } from '../../src/trainers/external/programEvents.js';

interface FuzzScript {
  fuzz: (
    parsers: Readonly<Record<string, unknown>>,
    cases: number,
    seed: number,
  ) => Promise<{ target: string; cases: number; refused: number }[]>;
}

it('parsers of cohorts, suites and events give a value or say what is wrong and where, whatever they are fed', async () => {
  const script = new URL('../../scripts/fuzzParsers.mjs', import.meta.url).href;
  const { fuzz } = (await import(script)) as FuzzScript;
  const parsers = {
    parseCohortFile,
    InputError,
    readCohort,
    readEvents,
    requireEvents,
    requireConsistent,
    pastJobs,
    parseSuite,
    expandVariants,
    ProgramEvents,
  };
  const results = await fuzz(parsers, 3000, Math.floor(Date.now() / 1000));
  expect(results.reduce((sum, { cases }) => sum + cases, 0)).toBeGreaterThanOrEqual(3000);
  // Fuzzing that is refused nowhere, or everywhere, would see nothing.
  for (const target of ['suite', 'rows of events', 'events.parquet']) {
    const result = results.find((one) => one.target === target)!;
    expect(result.refused).toBeGreaterThan(0);
    expect(result.refused).toBeLessThan(result.cases);
  }
}, 300_000);

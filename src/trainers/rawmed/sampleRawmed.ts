import { InputError } from '../../cohort/inputError.js';
import type { Cohort, VerificationRecord } from '../../cohort/types.js';
import { assembleCohort, dealHospitals } from './assembleCohort.js';
import { drawStays, type DrawContext, type DrawnVerified } from './drawStays.js';
import type { DrawableModel, OpenDrawer } from './drawableModel.js';
import { rawmedDrawer } from './rawmedDrawer.js';
import type { RawmedModel } from './rawmedModel.js';

function requireKnown({ stays: known }: DrawableModel, stays: Readonly<Record<string, number>>): void {
  const hospitals = Object.keys(known).filter((id) => known[id]! > 0);
  const unknown = Object.keys(stays).find((id) => !hospitals.includes(id) && stays[id] !== 0);
  if (unknown !== undefined)
    throw new InputError({
      expected: `one of the hospitals ${hospitals.join(', ')}`,
      found: `"${unknown}"`,
      remedy: 'Ask for stays of hospitals that took part in the training.',
    });
}

function recordOf(
  { statistics }: DrawableModel,
  wanted: number,
  { accepted, drawn, reasons, events }: DrawnVerified,
): VerificationRecord {
  const rejected = Object.values(reasons).reduce((sum, n) => sum + n, 0);
  return {
    wanted,
    kept: accepted.length,
    drawn,
    accepted: drawn - rejected,
    reasons,
    events,
    truncatedEvents: statistics.truncatedEvents / statistics.events,
    unknownTokens: statistics.unknownTokens / statistics.tokens,
  };
}

/** Verified stays, ready to become cohorts. */
export interface DrawnStays {
  readonly verification: VerificationRecord;
  /** Cohorts of at most `block` stays, in order; all of them have the same schema. */
  blocks(block: number): Generator<Cohort, void, undefined>;
}

/**
 * Draws a cohort. Where the budget ends before enough stays pass, it has fewer, and a warning says so.
 *
 * @param stays number of stays per hospital id
 * @throws InputError for hospitals without training stays; TrainingFailure when no stay passes the verification
 */
export async function sampleStays(
  model: DrawableModel,
  open: OpenDrawer,
  stays: Readonly<Record<string, number>>,
  seed: number,
  context: DrawContext,
): Promise<DrawnStays> {
  requireKnown(model, stays);
  const wanted = Object.values(stays).reduce((sum, n) => sum + n, 0);
  const drawn = await drawStays(model, open, wanted, seed, context);
  const { accepted } = drawn;
  const verification = recordOf(model, wanted, drawn);
  if (accepted.length < wanted)
    context.emit?.({
      kind: 'warning',
      message: `only ${accepted.length} of ${wanted} stays passed the verification before ${verification.drawn} were drawn (sampling.budget)`,
    });
  const hospital = dealHospitals(model.hospitals, stays, accepted.length, seed);
  return {
    verification,
    *blocks(block) {
      for (let from = 0; from < accepted.length; from += block)
        yield assembleCohort(
          model,
          accepted.slice(from, from + block),
          hospital.slice(from, from + block),
          verification,
          from,
        );
    },
  };
}

/** Draws a cohort with a trained RawMed, as {@link sampleStays} does. */
export const sampleRawmed = (
  model: RawmedModel,
  stays: Readonly<Record<string, number>>,
  seed: number,
  context: DrawContext,
): Promise<DrawnStays> => sampleStays(model, rawmedDrawer(model), stays, seed, context);

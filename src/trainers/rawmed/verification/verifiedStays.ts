import { TrainingFailure } from '../../../federation/trainingFailure.js';

/** Stays that passed, and how many had to be drawn for them. */
export interface AcceptedStays<Stay> {
  /** The first `wanted` accepted ones in the order of drawing; fewer if the budget was spent. */
  readonly accepted: readonly Stay[];
  readonly drawn: number;
  /** Accepted of all drawn, those beyond `wanted` included. Acceptance favours short stays: say it beside every score. */
  readonly acceptanceRate: number;
  /** Rejected stays by reason, most frequent first. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Draws until `wanted` stays are accepted or `budget` are drawn. How many are drawn at once follows from the acceptance so
 * far, so with a seeded `draw` the result is always the same.
 *
 * @param draw gives at most `count` stays, at least one
 * @throws TrainingFailure with the reasons if the budget is spent and none was accepted, or if `draw` gives none
 */
export async function verifiedStays<Draft, Stay>({
  wanted,
  budget,
  draw,
  verify,
}: {
  readonly wanted: number;
  readonly budget: number;
  readonly draw: (count: number) => Promise<readonly Draft[]> | readonly Draft[];
  readonly verify: (draft: Draft) => { readonly stay: Stay } | { readonly rejected: string };
}): Promise<AcceptedStays<Stay>> {
  if (!(wanted >= 1) || !(budget >= 1)) throw new RangeError('wanted and budget are at least 1');
  const accepted: Stay[] = [];
  const rejected = new Map<string, number>();
  let drawn = 0;
  while (accepted.length < wanted && drawn < budget) {
    const expected = (accepted.length + 1) / (drawn + 1);
    const count = Math.min(Math.ceil((wanted - accepted.length) / expected), budget - drawn, 4 * wanted);
    const drafts = (await draw(count)).slice(0, count);
    if (drafts.length === 0)
      throw new TrainingFailure(`the sampler gave no stay after ${drawn} of ${budget}`);
    drawn += drafts.length;
    for (const draft of drafts) {
      const verdict = verify(draft);
      if ('stay' in verdict) accepted.push(verdict.stay);
      else rejected.set(verdict.rejected, (rejected.get(verdict.rejected) ?? 0) + 1);
    }
  }
  const counts = [...rejected].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (accepted.length === 0)
    throw new TrainingFailure(
      `none of ${drawn} generated stays passed the verification (${counts.map(([reason, n]) => `${reason}: ${n}`).join(', ')})`,
    );
  return {
    accepted: accepted.slice(0, wanted),
    drawn,
    acceptanceRate: accepted.length / drawn,
    reasons: Object.fromEntries(counts),
  };
}

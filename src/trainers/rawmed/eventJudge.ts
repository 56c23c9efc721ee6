import type { DrawableModel, EventReader } from './drawableModel.js';
import type { DrawnEvent, EventJudge } from './training/stayDrafts.js';
import { eventVerifier } from './verification/verifyEvent.js';

/** Share of the redraws in which an event must be of the table that was drawn first. */
const sameTable = 0.75;

/**
 * Judges events by themselves: the verification of events, and that the stay's own event is the first and no other. An event that
 * is drawn again must also be of the table that was drawn at first, until most redraws are used up: tables whose events pass
 * seldom would otherwise give way to those whose events pass often.
 *
 * @param count told of every event whether it was kept; one of another table than the first draw was not, whatever the verification says
 */
export function eventJudge(
  model: DrawableModel,
  reader: EventReader,
  count: (accepted: boolean) => void,
): EventJudge {
  const verify = eventVerifier(model.rules);
  const patience = sameTable * model.parameters.sampling.redraws;
  const inPlace = ({ place }: DrawnEvent, table: number): boolean =>
    model.parameters.statics === 'none' || (table === 0) === (place === 0);
  /** Table of the first draw of the present event of every stay. */
  const firstTable = new Map<number, number>();
  return async (events) => {
    const read = await reader.read(events.map(({ codes }) => codes));
    return events.map((event, i) => {
      const found = read[i]!;
      if (event.redraws === 0) {
        if ('rejected' in found || !inPlace(event, found.table)) firstTable.delete(event.stay);
        else firstTable.set(event.stay, found.table);
      }
      const verdict = 'rejected' in found ? found : verify(found);
      const kept =
        !('rejected' in verdict) &&
        inPlace(event, verdict.table) &&
        (event.redraws > patience || verdict.table === (firstTable.get(event.stay) ?? verdict.table));
      count(kept);
      return kept;
    });
  };
}

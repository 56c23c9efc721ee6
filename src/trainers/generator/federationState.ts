import type { Federation } from '../../federation/channel.js';
import type { CommunicationLedger, LedgerTotals } from '../../federation/ledger.js';
import type { Protocol } from '../../federation/messages.js';
import type { Surroundings } from '../stagedTraining.js';

/** What a federated training keeps beside the server's stage. */
export interface FederationState {
  readonly ledger: LedgerTotals;
  /** What every hospital remembers between rounds. */
  readonly hospitals: Readonly<Record<string, Uint8Array>>;
}

/** Messages of preparations that are made again count once, since the ledger goes on from the totals that were kept. */
export const federationSurroundings = <P extends Protocol>(
  federation: Pick<Federation<P>, 'memories' | 'recall'>,
  ledger: CommunicationLedger,
): Surroundings<FederationState> => ({
  collect: async () => ({ ledger: ledger.totals(), hospitals: await federation.memories() }),
  async restore(kept) {
    ledger.restore(kept.ledger);
    await federation.recall(kept.hospitals);
  },
});

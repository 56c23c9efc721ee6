import type { HospitalReply } from '../../federation/channel.js';

/** Mean divergence of posterior and prior per time step over all hospitals' stays, in nats; null where all withheld it. */
export function meanDivergence(replies: readonly HospitalReply<'trainTcvae'>[]): (number | null)[] {
  const steps = replies[0]?.reply.divergence.stays.length ?? 0;
  return Array.from({ length: steps }, (_, t) => {
    const total = (of: 'stays' | 'sums'): number =>
      replies.reduce((sum, { reply }) => sum + reply.divergence[of][t]!, 0);
    const stays = total('stays');
    return stays > 0 ? total('sums') / stays : null;
  });
}

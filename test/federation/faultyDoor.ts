import type { HospitalDoor } from '../../src/federation/channel.js';
import { HospitalUnavailable } from '../../src/federation/hospitalUnavailable.js';
import type { ReplyOf, RequestOf } from '../../src/federation/messages.js';

/** What goes wrong in a hospital in a round of the TCVAE; null = nothing. */
export type Fault =
  | { readonly unavailable: string }
  | { readonly reply: (honest: ReplyOf<'trainTcvae'>) => ReplyOf<'trainTcvae'> }
  | null;

/** A door to a hospital with faults injected by round. */
export function faultyDoor(door: HospitalDoor, faultOf: (round: number) => Fault): HospitalDoor {
  return {
    ...door,
    answers: {
      ...door.answers,
      async trainTcvae(request: RequestOf<'trainTcvae'>) {
        const fault = faultOf(request.round);
        if (fault === null) return door.answers.trainTcvae(request);
        if ('unavailable' in fault) throw new HospitalUnavailable(fault.unavailable);
        return fault.reply(await door.answers.trainTcvae(request));
      },
    },
  };
}

import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { federate, type CrossedMessage, type HospitalDoor } from '../../src/federation/channel.js';
import { HospitalUnavailable } from '../../src/federation/hospitalUnavailable.js';
import { receiveError, sendError } from '../../src/federation/lanes/sentError.js';
import { CommunicationLedger } from '../../src/federation/ledger.js';
import { messages, type Answers } from '../../src/federation/messages.js';
import { TrainingFailure } from '../../src/federation/trainingFailure.js';

/** A hospital that answers `countStays` when it is let, and a log of what began. */
function waitingDoor(id: string, lane: number, log: string[], failure?: Error) {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const refuse = (): never => {
    throw new Error('not asked in this test');
  };
  const answers: Answers = {
    ...(Object.fromEntries(Object.keys(messages).map((kind) => [kind, refuse])) as unknown as Answers),
    async countStays() {
      log.push(id);
      await gate;
      if (failure !== undefined) throw failure;
      return { stays: { [id]: 20 } };
    },
  };
  const door: HospitalDoor = { id, lane, answers };
  return { door, release: () => release() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('federate with lanes', () => {
  it('asks lanes side by side and the hospitals of a lane in order; answers and record keep the order', async () => {
    const log: string[] = [];
    const [a, b, c] = [waitingDoor('a', 0, log), waitingDoor('b', 1, log), waitingDoor('c', 0, log)];
    const record: CrossedMessage[] = [];
    const ledger = new CommunicationLedger();
    const asked = federate([a.door, b.door, c.door], ledger, {
      record: (message) => record.push(message),
    }).askAll('countStays', {});
    await settled();
    expect(log).toEqual(['b', 'a']);
    c.release();
    a.release();
    await settled();
    expect(log).toEqual(['b', 'a', 'c']);
    expect(record).toEqual([]);
    b.release();
    expect((await asked).map(({ hospital }) => hospital)).toEqual(['a', 'b', 'c']);
    expect(record.map(({ hospital }) => hospital)).toEqual(['a', 'b', 'c']);
    expect(ledger.totals()).toMatchObject({ bytesUp: 24, synchronisations: 1 });
  });

  it('throws the failure of the first hospital in order, after every lane has ended', async () => {
    const log: string[] = [];
    const a = waitingDoor('a', 0, log, new TrainingFailure('of a'));
    const b = waitingDoor('b', 1, log, new TrainingFailure('of b'));
    let over = false;
    const asked = federate([a.door, b.door], new CommunicationLedger())
      .askAll('countStays', {})
      .catch((error: unknown) => error)
      .finally(() => (over = true));
    b.release();
    await settled();
    expect(over).toBe(false);
    a.release();
    expect(await asked).toEqual(new TrainingFailure('of a'));
  });

  it('goes on in a lane after a hospital that is unavailable', async () => {
    const a = waitingDoor('a', 1, [], new HospitalUnavailable('no connection'));
    const b = waitingDoor('b', 0, []);
    const c = waitingDoor('c', 1, []);
    for (const { release } of [a, b, c]) release();
    const asked = await federate([a.door, b.door, c.door], new CommunicationLedger()).askAvailable(
      'countStays',
      {},
    );
    expect(asked).toEqual({
      replies: [
        { hospital: 'b', reply: { stays: { b: 20 } } },
        { hospital: 'c', reply: { stays: { c: 20 } } },
      ],
      absent: { a: 'no connection' },
    });
  });
});

/** A value as it comes out at the other end of a channel between threads. */
function throughPort<T>(value: T): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port2.once('message', (received: T) => {
      port1.close();
      resolve(received);
    });
    port1.postMessage(value);
  });
}

describe('errors between threads', () => {
  const fault = { expected: 'a', found: 'b', place: 'c', remedy: 'd' };
  const errors: readonly Error[] = [
    new TrainingFailure('no stays'),
    new HospitalUnavailable('no connection'),
    new InputError(fault),
    new RangeError('row 3'),
  ];
  it.each(errors)('keep type, message and stack: %s', async (error) => {
    const received = receiveError(await throughPort(sendError(error)));
    expect(received.message).toBe(error.message);
    expect(received.stack).toBe(error.stack);
    expect(received instanceof TrainingFailure).toBe(error instanceof TrainingFailure);
    expect(received instanceof InputError ? received.fault : undefined).toEqual(
      error instanceof InputError ? fault : undefined,
    );
  });

  it('are made of anything that is thrown', () => {
    expect(receiveError(sendError('out of memory')).message).toBe('out of memory');
  });
});

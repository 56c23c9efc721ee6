import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { federate, type HospitalDoor } from '../../src/federation/channel.js';
import { CommunicationLedger, payloadBytes } from '../../src/federation/ledger.js';
import { crossings, messages } from '../../src/federation/messages.js';
import { rawmedMessages } from '../../src/federation/rawmedMessages.js';
import { openHospital } from '../../src/federation/hospital.js';
import type { GeneratorModels } from '../../src/federation/generatorModels.js';
import { plantedCohort } from '../trainers/plantedCohort.js';

const models: GeneratorModels = {
  get autoencoder(): never {
    throw new Error('no model in this test');
  },
  get tcvae(): never {
    throw new Error('no model in this test');
  },
  autoencoderAt: () => Promise.reject(new Error('no model in this test')),
  tcvaeAt: () => Promise.reject(new Error('no model in this test')),
  dispose: () => Promise.resolve(),
};

const door = (stays: number): HospitalDoor =>
  openHospital('north', plantedCohort({ north: stays }), {
    hospitals: ['north'],
    models,
    carry: { carryForward: true, carriedWeight: 0.3 },
    labelScale: 1,
    seed: 1,
    initialise: (layout) => new Float32Array(layout.size),
  });

/** Every field of a schema that holds data, with what it is declared as. */
function declared(schema: z.core.$ZodType): (string | undefined)[] {
  const { crossing } = crossings.get(schema) ?? {};
  if (crossing !== undefined) return [crossing];
  const def: Record<string, unknown> = { ...schema._zod.def };
  const inner = [def['innerType'], def['element'], def['valueType']].filter((part) => part !== undefined);
  const fields = Object.values((def['shape'] ?? {}) as Record<string, z.core.$ZodType>);
  const parts = [...(inner as z.core.$ZodType[]), ...fields];
  return parts.length === 0 && def['type'] !== 'object' ? [undefined] : parts.flatMap(declared);
}

describe('messages', () => {
  it('declare every field that a hospital may send as parameters, gradients, moments, counts or a monitor', () => {
    for (const { reply } of Object.values(messages))
      for (const crossing of declared(reply))
        expect(['parameters', 'gradients', 'moments', 'counts', 'monitor']).toContain(crossing);
  });

  it('of the federated RawMed declare parameters, sums of a codebook, counts or a monitor, and nothing else', () => {
    const replies = Object.values(rawmedMessages).map(({ reply }) => reply);
    expect(replies.flatMap(declared).length).toBeGreaterThan(20);
    for (const crossing of replies.flatMap(declared))
      expect(['parameters', 'codebook', 'counts', 'monitor']).toContain(crossing);
  });
});

describe('federate', () => {
  it('asks every hospital, counts bytes both ways and one synchronisation', async () => {
    const ledger = new CommunicationLedger();
    const federation = federate([door(120)], ledger);
    const [answer] = await federation.askAll('countStays', {});
    expect(answer).toEqual({ hospital: 'north', reply: { stays: { north: 120 } } });
    expect(ledger.totals()).toMatchObject({ bytesUp: 8, bytesDown: 0, synchronisations: 1 });
    expect(payloadBytes({ a: new Float32Array(3), b: [1, true, 'é'], c: null })).toBe(12 + 8 + 1 + 2);
  });

  it('names the hospital whose answer is not finite, and the field', async () => {
    const broken: HospitalDoor = {
      ...door(120),
      answers: {
        ...door(120).answers,
        countDecimals: () => ({ decimals: { north: Float64Array.of(Number.NaN) } }),
      },
    };
    await expect(federate([broken], new CommunicationLedger()).askAll('countDecimals', {})).rejects.toThrow(
      /hospital north answered countDecimals with numbers that are not finite \(decimals\.north\)/,
    );
  });

  it('refuses an answer with a field that is not declared', async () => {
    const talkative: HospitalDoor = {
      ...door(120),
      answers: { ...door(120).answers, countStays: () => ({ stays: { north: 1 }, ages: [71, 64] }) },
    };
    await expect(federate([talkative], new CommunicationLedger()).askAll('countStays', {})).rejects.toThrow(
      /not declared: .*ages/,
    );
  });

  it('refuses work that comes before what it needs', async () => {
    const federation = federate([door(120)], new CommunicationLedger());
    await expect(
      federation.askAll('trainAutoencoder', {
        round: 1,
        epochs: 1,
        learningRate: 0.1,
        parameters: null,
        resetMoments: false,
        control: null,
      }),
    ).rejects.toThrow(/before prepare/);
  });
});

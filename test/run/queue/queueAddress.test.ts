import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cohort/inputError.js';
import { parseQueueAddress } from '../../../src/run/queue/queueAddress.js';

describe('the address of a queue', () => {
  it('is shown without user and password', () => {
    const { shown, url } = parseQueueAddress('rediss://carla:geheim@queue.example:7000/3');
    expect(shown).toBe('rediss://queue.example:7000/3');
    expect(url).toContain('geheim');
    expect(parseQueueAddress('redis://localhost').shown).toBe('redis://localhost:6379/0');
  });

  it.each(['localhost:6379', 'http://:geheim@host', 'redis://', 'redis://:geheim@host/jobs', 'geheim'])(
    'is refused without repeating it: %s',
    (text) => {
      const wrong = (): unknown => parseQueueAddress(text);
      expect(wrong).toThrow(InputError);
      expect(wrong).not.toThrow('geheim');
    },
  );

  it('never leaves a password in a text, plain or as it stands in the address', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 1 })
          .filter((password) => !'redis://***@host:6379/0 failed: '.includes(password)),
        fc.string(),
        (password, before) => {
          fc.pre(!before.includes(password));
          const text = `redis://:${encodeURIComponent(password)}@host`;
          const { redact } = parseQueueAddress(text);
          const shown = redact(`${before} failed: ${password} ${text} ${encodeURIComponent(password)}`);
          expect(shown.slice(before.length)).not.toContain(password);
        },
      ),
    );
  });

  it('takes credentials out of foreign addresses as well', () => {
    expect(parseQueueAddress('redis://host').redact('connect redis://eve:other@elsewhere failed')).toBe(
      'connect redis://***@elsewhere failed',
    );
  });
});

// What a parser owes to anything it is fed: a value or an InputError, soon, and nothing else.
import fc from 'fast-check';

/** More processor time than this on a text of a few kilobytes counts as a hang; a busy machine does not. */
const PATIENCE_MILLISECONDS = 5000;

/** @throws Error when the refusal names no place, steers the terminal or is endless; whatever is no InputError */
function requireRefusal(error, InputError) {
  if (!(error instanceof InputError)) throw error;
  if ((error.fault.file ?? error.fault.place ?? '') === '') throw new Error(`no place: ${error.message}`);

  if (/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(error.message))
    throw new Error(`steers the terminal: ${JSON.stringify(error.message)}`);
  if (error.message.length > 12_000) throw new Error(`a message of ${error.message.length} characters`);
}

/**
 * Feeds a parser.
 *
 * @param cases how many inputs
 * @param known inputs to begin with
 * @returns cases, refused ones, the slowest in milliseconds of processor time
 * @throws what fast-check found, shrunk
 */
export async function fed(InputError, parse, arbitrary, { cases, seed, known }) {
  const result = { cases, refused: 0, slowest: 0 };
  await fc.assert(
    fc.asyncProperty(arbitrary, async (input) => {
      const begin = process.cpuUsage();
      try {
        await parse(input);
      } catch (error) {
        requireRefusal(error, InputError);
        result.refused++;
      }
      const { user, system } = process.cpuUsage(begin);
      const took = (user + system) / 1000;
      result.slowest = Math.max(result.slowest, took);
      if (took > PATIENCE_MILLISECONDS) throw new Error(`took ${took} ms`);
      if (Object.keys(Object.prototype).length > 0) throw new Error('Object.prototype was changed');
    }),
    { numRuns: cases, seed, examples: known.map((input) => [input]) },
  );
  return result;
}

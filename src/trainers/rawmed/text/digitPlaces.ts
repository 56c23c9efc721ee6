/** Of the digit places of a text position: 0 is padding, 1–13 are places, 14 is what is not numeric. */
export const NOT_NUMERIC = 14;
const dotPlace = 5;
const highestPlace = 13;
const lowestPlace = 1;

const isNumeric = (token: string): boolean => token === '.' || /^[0-9]$/.test(token);

/**
 * Place value of every token of a name or a value: dot 5, ones 6, tens 7, …, the eighth integer digit and all before it
 * 13; tenths 4, …, ten-thousandths and all behind them 1; everything else 14, also runs of dots and numbers with two dots.
 *
 * @param tokens pieces of one segment; numbers do not reach over its ends
 */
export function digitPlaces(tokens: readonly string[]): Uint8Array {
  const places = new Uint8Array(tokens.length).fill(NOT_NUMERIC);
  for (let from = 0; from < tokens.length;) {
    if (!isNumeric(tokens[from]!)) {
      from += 1;
      continue;
    }
    let to = from;
    let dot = -1;
    let dots = 0;
    for (; to < tokens.length && isNumeric(tokens[to]!); to++)
      if (tokens[to] === '.') {
        dots += 1;
        dot = to;
      }
    const digits = to - from - dots;
    if (digits > 0 && dots < 2) {
      const ones = dots === 0 ? to - 1 : dot - 1;
      for (let i = from; i < to; i++) {
        if (i === dot) places[i] = dotPlace;
        else if (i <= ones) places[i] = Math.min(dotPlace + 1 + ones - i, highestPlace);
        else places[i] = Math.max(dotPlace - (i - dot), lowestPlace);
      }
    }
    from = to;
  }
  return places;
}

import type { EncodedEvents } from './encodeEvents.js';

/** The different texts among encoded events, in the order of their first appearance. */
export interface DistinctEvents extends Pick<
  EncodedEvents,
  'count' | 'length' | 'tokens' | 'types' | 'places'
> {
  /** [count] how many events have the text */
  readonly weight: Uint32Array;
  /** [M] row of every event's text */
  readonly rowOf: Uint32Array;
}

/** Joins events of the same text; digit places follow from tokens and types, which decide. */
export function distinctEvents(encoded: EncodedEvents): DistinctEvents {
  const { length } = encoded;
  const rows = new Map<string, number>();
  const first: number[] = [];
  const counts: number[] = [];
  const rowOf = new Uint32Array(encoded.count);
  for (let event = 0; event < encoded.count; event++) {
    const from = event * length;
    // Types too: the end of a name and the beginning of a value may read alike.
    const key =
      String.fromCharCode(...encoded.tokens.subarray(from, from + length)) +
      String.fromCharCode(...encoded.types.subarray(from, from + length));
    let row = rows.get(key);
    if (row === undefined) {
      rows.set(key, (row = first.length));
      first.push(event);
      counts.push(0);
    }
    rowOf[event] = row;
    counts[row]! += 1;
  }
  const gathered = <A extends Uint16Array | Uint8Array>(source: A, target: A): A => {
    first.forEach((event, row) =>
      target.set(source.subarray(event * length, (event + 1) * length), row * length),
    );
    return target;
  };
  return {
    count: first.length,
    length,
    tokens: gathered(encoded.tokens, new Uint16Array(first.length * length)),
    types: gathered(encoded.types, new Uint8Array(first.length * length)),
    places: gathered(encoded.places, new Uint8Array(first.length * length)),
    weight: Uint32Array.from(counts),
    rowOf,
  };
}

const longestName = 48;

/** Characters that steer terminals or reorder text: controls, line separators and bidirectional overrides. */
const steering = /[\p{Cc}\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu;

/** A name as reports print it: one line, at most 48 characters, nothing that steers a terminal or reorders text. */
export function displayName(name: string): string {
  const line = Array.from(
    name
      .slice(0, 4 * longestName)
      .replace(steering, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
  );
  const printed =
    line.length > longestName || name.length > 4 * longestName
      ? `${line.slice(0, longestName - 1).join('')}…`
      : line.join('');
  // Vega keeps groups in plain objects, where names that every object has would be found without being there.
  if (printed in Object.prototype) return `“${printed}”`;
  return printed === '' ? '(unnamed)' : printed;
}

/** Printed names of distinct names, still distinct after shortening. */
export function distinctNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const printed = new Map<string, string>();
  for (const name of names) {
    if (printed.has(name)) continue;
    const wanted = displayName(name);
    let candidate = wanted;
    for (let count = 2; taken.has(candidate); count++) candidate = `${wanted} (${count})`;
    taken.add(candidate);
    printed.set(name, candidate);
  }
  return printed;
}

/** Free text, such as a reason or a citation, on one line of at most `longest` characters. */
export function displayText(text: string, longest = 400): string {
  const line = Array.from(
    text
      .slice(0, 2 * longest)
      .replace(steering, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
  );
  return line.length > longest ? `${line.slice(0, longest - 1).join('')}…` : line.join('');
}

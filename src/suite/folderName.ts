/** Longest name of a folder, in characters. */
const longest = 64;

/**
 * A name that comes from a file, as one folder below the run folder: letters, digits and `. _ = + -`, everything else an underscore; never empty,
 * never starting with a dot, so that it can neither leave its folder nor hide in it.
 */
export function folderName(text: string): string {
  const plain = Array.from(text.replaceAll(/[^\p{L}\p{N}._=+-]/gu, '_'))
    .slice(0, longest)
    .join('')
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length));
  return plain === '' ? '_' : plain;
}

/** A drop-down list bound to a parameter of a figure; the first option is chosen. */
export function choiceOf(
  name: string,
  label: string,
  options: readonly string[],
): { name: string; value: string; bind: { input: 'select'; options: string[]; name: string } } {
  return {
    name,
    value: options[0] ?? '',
    bind: { input: 'select', options: [...options], name: `${label} ` },
  };
}

/** The spread of a value over evaluation seeds; nothing for a single training. */
export function seedDetail(values: readonly number[]): { readonly seedSd?: number } {
  if (values.length < 2) return {};
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { seedSd: Math.sqrt(squares / (values.length - 1)) };
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
/** Mean ± standard deviation over the values; the mean alone where there is only one. */
export const spread = (values, digits) =>
  `${mean(values).toFixed(digits)}${values.length > 1 ? ` ± ${deviation(values).toFixed(digits)}` : ''}`;

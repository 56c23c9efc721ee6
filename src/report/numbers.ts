import { isSmallCell } from '../cohort/suppression.js';
import { mean as statisticalMean } from 'simple-statistics';

/** A score to three decimals, fewer for large and more for tiny values; `−` is the true minus sign. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.0005) return value.toExponential(1).replace(/-/gu, '−');
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  const text = value.toFixed(digits);
  return text.replace('-', '−');
}

/** A share in whole per cent, one decimal below 10 %. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  const text = Math.abs(percent) < 9.95 && percent !== 0 ? percent.toFixed(1) : percent.toFixed(0);
  return `${text.replace('-', '−')} %`;
}

/** A count of real patients; 1…10 are withheld, and so are those that would give them away (null): which is which does not show. */
export function formatCount(count: number | null): string {
  return count === null || isSmallCell(count) ? 'withheld' : groupThousands(count);
}

/** Whole number with thousands separated by commas. */
export function groupThousands(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** Bytes in megabytes (10^6). */
export function formatMegabytes(bytes: number): string {
  if (bytes === 0) return '0';
  const megabytes = bytes / 1e6;
  return megabytes >= 100 ? megabytes.toFixed(0) : megabytes.toFixed(megabytes >= 1 ? 1 : 3);
}

/** Rounded for drawing only; scores themselves are never rounded in files. */
export function forDrawing(value: number, digits = 5): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits));
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : statisticalMean([...values]);
}

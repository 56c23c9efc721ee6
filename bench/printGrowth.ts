import { logLogSlope } from './logLogSlope.js';
import { keeps, record, type GrowthResult } from './results.js';

/** Prints a growth curve with its slope and keeps it for the report. */
export function printGrowth(curve: Omit<GrowthResult, 'kind' | 'slope' | 'load'>): void {
  const slope = logLogSlope(
    curve.points.map(({ x }) => x),
    curve.points.map(({ y }) => y),
  );
  record({ kind: 'growth', ...curve, slope });
  const points = curve.points.map(({ x, y }) => `${x}: ${y.toFixed(2)} ${curve.unit}`);
  const bars = curve.bars.map((bar) => ` (${bar.kind} ${bar.limit}${keeps(bar, slope) ? '' : ', NOT MET'})`);
  process.stdout.write(
    `${curve.name} over ${curve.over}: ${points.join(', ')}; log-log slope ${slope.toFixed(2)}${bars.join('')}\n`,
  );
}

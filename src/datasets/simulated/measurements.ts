/** A simulated vital sign or laboratory value. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  /** Value = μ + σ·u, or exp(μ + σ·u), of a latent normal u. */
  readonly shape: 'normal' | 'log-normal';
  /** Median of a hospital without site shift. */
  readonly median: number;
  /** σ: in units of the value (normal) or of its logarithm. */
  readonly spread: number;
  /** The share of measured steps at a hospital is drawn from Beta(first, second). */
  readonly measured: readonly [number, number];
}

const vital = [18, 2] as const;
const laboratory = [2, 3] as const;

/** Continuous features of the simulator: five vital signs and twelve laboratory values. Orders of magnitude only. */
export const measurements: readonly Measurement[] = [
  { name: 'hr', unit: 'bpm', shape: 'normal', median: 86, spread: 15, measured: vital },
  { name: 'sbp', unit: 'mmHg', shape: 'normal', median: 120, spread: 17, measured: vital },
  { name: 'map', unit: 'mmHg', shape: 'normal', median: 80, spread: 12, measured: vital },
  { name: 'resp', unit: '/min', shape: 'log-normal', median: 19, spread: 0.22, measured: vital },
  { name: 'temp', unit: '°C', shape: 'normal', median: 37, spread: 0.6, measured: vital },
  { name: 'pao2', unit: 'mmHg', shape: 'log-normal', median: 100, spread: 0.4, measured: laboratory },
  { name: 'paco2', unit: 'mmHg', shape: 'log-normal', median: 40, spread: 0.2, measured: laboratory },
  { name: 'ph', unit: '1', shape: 'normal', median: 7.38, spread: 0.07, measured: laboratory },
  { name: 'albumin', unit: 'g/dL', shape: 'normal', median: 2.9, spread: 0.5, measured: laboratory },
  { name: 'bands', unit: '%', shape: 'log-normal', median: 6, spread: 0.7, measured: laboratory },
  { name: 'bun', unit: 'mg/dL', shape: 'log-normal', median: 20, spread: 0.6, measured: laboratory },
  { name: 'creatinine', unit: 'mg/dL', shape: 'log-normal', median: 1.1, spread: 0.5, measured: laboratory },
  { name: 'hct', unit: '%', shape: 'normal', median: 31, spread: 5, measured: laboratory },
  { name: 'inr', unit: '1', shape: 'log-normal', median: 1.3, spread: 0.25, measured: laboratory },
  { name: 'lactate', unit: 'mmol/L', shape: 'log-normal', median: 1.8, spread: 0.5, measured: laboratory },
  { name: 'platelets', unit: '10^9/L', shape: 'log-normal', median: 190, spread: 0.4, measured: laboratory },
  { name: 'wbc', unit: '10^9/L', shape: 'log-normal', median: 11, spread: 0.4, measured: laboratory },
];

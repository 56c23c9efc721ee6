import type { Spec } from 'vega';
import { palette } from '../palette.js';

/** Custom properties of the figure colours for one theme, as CSS declarations. */
export function figureColours(theme: 'light' | 'dark'): string {
  return Object.entries(palette)
    .map(([name, [light, dark]]) => `--f-${name}:${theme === 'light' ? light : dark}`)
    .join(';');
}

const variables: ReadonlyMap<string, string> = new Map(
  Object.entries(palette).map(([name, [light]]): [string, string] => [light, `var(--f-${name})`]),
);

/** Parts of a Vega specification that hold data or names, never colours of the theme. */
const verbatim = new Set(['data', 'signals', 'values', 'domain', 'options', 'usermeta', 'description']);

/** A Vega specification whose theme colours are CSS variables, so that light, dark and print need no redrawing. */
export function themed(spec: Spec): Spec {
  const parts = Object.entries(spec).map(([key, value]): [string, unknown] => [
    key,
    verbatim.has(key) ? value : walk(value),
  ]);
  return Object.fromEntries(parts);
}

function walk(node: unknown): unknown {
  if (typeof node === 'string') return variables.get(node) ?? node;
  if (Array.isArray(node)) return node.map(walk);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, verbatim.has(key) ? value : walk(value)]),
  );
}

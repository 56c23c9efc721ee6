import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';

/** Pixels of a PNG for each unit of its SVG, so that text is sharp in print. */
const zoom = 2;
/** Longest side of a PNG in pixels. */
const longestSide = 8000;
/** Sans-serif families of the usual systems, best first. */
const families = ['Arial', 'Helvetica', 'Liberation Sans', 'Segoe UI', 'Noto Sans', 'DejaVu Sans'];

function probe(family: string): Buffer {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text x="2" y="15" font-family="${family}">Mean 12</text></svg>`;
  return Buffer.from(new Resvg(text, { font: { loadSystemFonts: true } }).render().pixels);
}

/** Whether this machine has a font: without one, text would be missing from every PNG without an error. */
export function hasFont(): boolean {
  return probe('sans-serif').some((part) => part !== 0);
}

let chosen: ResvgRenderOptions['font'];

/** The first family that is drawn otherwise than one that no machine has; the fallback, which is kept without one, may have serifs. */
function fonts(): ResvgRenderOptions['font'] {
  if (chosen === undefined) {
    const fallback = probe('no such family');
    const family = families.find((one) => !fallback.equals(probe(one)));
    chosen = { loadSystemFonts: true, ...(family === undefined ? {} : { defaultFontFamily: family }) };
  }
  return chosen;
}

/** PNG of a standalone SVG on white, two pixels a unit, drawn without a browser. Text takes the fonts of this machine. */
export function toPng(svg: string): Uint8Array {
  const font = fonts();
  const options = { background: '#ffffff', ...(font === undefined ? {} : { font }) };
  const drawing = new Resvg(svg, options);
  const scale = Math.min(zoom, longestSide / Math.max(drawing.width, drawing.height, 1));
  return new Resvg(svg, { ...options, fitTo: { mode: 'zoom', value: scale } }).render().asPng();
}

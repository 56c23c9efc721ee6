import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';

/** Pixels of a PNG for each unit of its SVG, so that text is sharp in print. */
const zoom = 2;
/** Longest side of a PNG in pixels. */
const longestSide = 8000;

const options: ResvgRenderOptions = { background: '#ffffff', font: { loadSystemFonts: true } };

/** Whether this machine has a font: without one, text would be missing from every PNG without an error. */
export function hasFont(): boolean {
  const probe =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15">M</text></svg>';
  const { pixels } = new Resvg(probe, { font: { loadSystemFonts: true } }).render();
  return pixels.some((part) => part !== 0);
}

/** PNG of a standalone SVG on white, two pixels a unit, drawn without a browser. Text takes the fonts of this machine. */
export function toPng(svg: string): Uint8Array {
  const drawing = new Resvg(svg, options);
  const scale = Math.min(zoom, longestSide / Math.max(drawing.width, drawing.height, 1));
  return new Resvg(svg, { ...options, fitTo: { mode: 'zoom', value: scale } }).render().asPng();
}

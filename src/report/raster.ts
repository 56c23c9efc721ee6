import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';

/** Pixels of a PNG for each unit of its SVG, so that text is sharp in print. */
const zoom = 2;
/** Longest side of a PNG in pixels. */
const longestSide = 8000;
/** Sans-serif families of the usual systems, best first. */
const families = ['Arial', 'Helvetica', 'Liberation Sans', 'Segoe UI', 'Noto Sans', 'DejaVu Sans'];

/** Size of the text that a family is tried with. */
const sample = { width: 90, height: 20 };

interface Fonts {
  readonly hasFont: boolean;
  readonly font: NonNullable<ResvgRenderOptions['font']>;
}

let found: Fonts | undefined;

/**
 * The first family that is drawn otherwise than one that no machine has; the fallback, which is kept without one, may have
 * serifs. All are tried in one drawing, since each drawing reads the fonts of the machine again.
 */
function fonts(): Fonts {
  if (found !== undefined) return found;
  const tried = ['no such family', 'sans-serif', ...families];
  const { width, height } = sample;
  const lines = tried.map(
    (family, i) => `<text x="2" y="${i * height + 15}" font-family="${family}">Mean 12</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tried.length * height}">${lines.join('')}</svg>`;
  const pixels = Buffer.from(new Resvg(svg, { font: { loadSystemFonts: true } }).render().pixels);
  const bytes = 4 * width * height;
  const [fallback, sans, ...rest] = tried.map((_, i) => pixels.subarray(i * bytes, (i + 1) * bytes));
  const family = families.find((_, i) => !rest[i]!.equals(fallback!));
  found = {
    hasFont: sans!.some((part) => part !== 0),
    font: { loadSystemFonts: true, ...(family === undefined ? {} : { defaultFontFamily: family }) },
  };
  return found;
}

/** Whether this machine has a font: without one, text would be missing from every PNG without an error. */
export function hasFont(): boolean {
  return fonts().hasFont;
}

/** Longer side of a drawing in units, as its root element says. */
function longerSide(svg: string): number {
  const root = /^<svg [^>]*>/.exec(svg)?.[0] ?? '';
  const [width, height] = ['width', 'height'].map(
    (side) => new RegExp(` ${side}="([\\d.]+)"`).exec(root)?.[1],
  );
  if (width === undefined || height === undefined) throw new RangeError('an SVG without width and height');
  return Math.max(Number(width), Number(height), 1);
}

/**
 * PNG of a standalone SVG on white, two pixels a unit, drawn without a browser. Text takes the fonts of this machine.
 *
 * @throws RangeError when the root element of the SVG has no width and height in units
 */
export function toPng(svg: string): Uint8Array {
  const value = Math.min(zoom, longestSide / longerSide(svg));
  const options = { background: '#ffffff', font: fonts().font, fitTo: { mode: 'zoom', value } } as const;
  return new Resvg(svg, options).render().asPng();
}

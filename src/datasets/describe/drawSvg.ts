import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Standalone SVG of a Vega-Lite specification. A warning of the compiler is an error: a figure must mean what it says. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const complain = (...messages: readonly unknown[]): never => {
    throw new Error(`Vega-Lite: ${messages.map(String).join(' ')}`);
  };
  const logger = {
    level: () => logger,
    error: complain,
    warn: complain,
    info: () => logger,
    debug: () => logger,
  };
  const view = new View(parse(compile(spec, { logger }).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

import { parse, View, type Spec } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Vega of a Vega-Lite specification. A warning of the compiler is an error: a figure must mean what it says. */
export function compileFigure(spec: TopLevelSpec): Spec {
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
  return compile(spec, { logger }).spec;
}

/** Vega numbers gradients and clips through the life of the process; here they are numbered through the drawing. */
function renumberDefinitions(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/(\bid="|url\(#)((?:gradient_|clip)\d+)(?=["')])/g, (_, before: string, id: string) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `${before}definition${number}`;
  });
}

/**
 * Standalone SVG of a Vega-Lite specification, drawn without a browser. Equal specifications give equal bytes, however much the
 * process has drawn before.
 *
 * @throws Error as {@link compileFigure}
 */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compileFigure(spec)), { renderer: 'none' });
  try {
    return renumberDefinitions(await view.toSVG());
  } finally {
    view.finalize();
  }
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** Vega and its expression interpreter as two plain scripts; the interpreter lets the page forbid `eval`. */
export async function vegaScripts(): Promise<readonly string[]> {
  const vega = await readFile(path.join(path.dirname(require.resolve('vega')), 'vega.min.js'), 'utf8');
  const interpreter = await readFile(require.resolve('vega-interpreter'), 'utf8');
  return [inlineable(vega), inlineable(asPlainScript(interpreter))];
}

/** The interpreter is published as a module only; its one import is part of the `vega` global. */
function asPlainScript(module: string): string {
  const imported = /^import (\{[^}]*\}) from 'vega-util';$/mu;
  const exported = /^export \{ expression as expressionInterpreter \};$/mu;
  if (!imported.test(module) || !exported.test(module)) {
    throw new Error(
      'vega-interpreter has changed its form: expected one import from vega-util and the export expressionInterpreter',
    );
  }
  const body = module
    .replace(imported, 'const $1 = vega;')
    .replace(exported, 'vega.expressionInterpreter = expression;')
    .replace(/^\/\/# sourceMappingURL=.*$/mu, '');
  return `(function () {\n${body}\n})();`;
}

/** A script may not hold the text that ends or comments out its own element. */
function inlineable(script: string): string {
  return script
    .replace(/^\/\/# sourceMappingURL=.*$/mu, '')
    .replace(/<\/(script)/giu, '<\\/$1')
    .replace(/<!--/gu, '<\\!--');
}

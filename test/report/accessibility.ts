import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical findings of axe-core, one line each, with every part of the page open. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page
    .locator('html')
    .evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const results: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 5).map((node) => `${id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`),
    );
}

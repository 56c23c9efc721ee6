// Draws the first screen of a run's report as the README shows it, in headless Chromium.
//
//   npm run demo && node scripts/screenshotReport.mjs [run folder]     default: runs/quick; writes docs/images/report.png
//
// CHROMIUM names another executable than /usr/bin/chromium. Exits 1 when the picture is larger than 300 KB.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const MOST = 300_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const run = path.resolve(process.argv[2] ?? path.join(root, 'runs', 'quick'));
const target = path.join(root, 'docs', 'images', 'report.png');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1280, height: 860 } });
  await page.goto(pathToFileURL(path.join(run, 'report', 'index.html')).href);
  for (const figure of (await page.locator('[data-figure]').all()).slice(0, 2)) {
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('[data-drawn]')).waitFor();
  }
  await page.evaluate('window.scrollTo(0, 0)');
  mkdirSync(path.dirname(target), { recursive: true });
  const { length } = await page.screenshot({ path: target });
  console.log(`${path.relative(root, target)}: ${(length / 1000).toFixed(0)} KB`);
  if (length > MOST) {
    rmSync(target);
    console.error(`more than ${MOST / 1000} KB`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
}

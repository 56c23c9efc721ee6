import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/index.js';
import { drawAll, isTested, launch, openPage } from './chromium.js';
import { descriptors, fixture } from './fixture.js';

/** Kept by continuous integration, so that a person can look at them. */
const folder = fileURLToPath(new URL('../../reports-screenshots/', import.meta.url));

let browser: Browser | undefined;
beforeAll(async () => {
  browser = await launch();
  if (browser === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeReport(fixture(), path.join(folder, 'report'), descriptors);
});
afterAll(async () => {
  await browser?.close();
  process.stderr.write(`screenshots to look at: ${folder}\n`);
});

describe.skipIf(!isTested)('screenshots of the page', () => {
  it.each([
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ] as const)('%s', async (name, options) => {
    const { page, trouble } = await openPage(browser!, path.join(folder, 'report', 'index.html'), options);
    await drawAll(page);
    const image = await page.screenshot({ path: path.join(folder, `report-${name}.png`), fullPage: true });
    expect(image.length).toBeGreaterThan(100_000);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('print', async () => {
    const { page, trouble } = await openPage(browser!, path.join(folder, 'report', 'index.html'), {});
    const pdf = await page.pdf({ path: path.join(folder, 'report-print.pdf'), format: 'A4' });
    expect(pdf.length).toBeGreaterThan(50_000);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.locator('html').evaluate('window.dispatchEvent(new Event("beforeprint"))');
    await page.screenshot({ path: path.join(folder, 'report-print.png'), fullPage: true });
    expect(trouble).toEqual([]);
    await page.close();
  });
});

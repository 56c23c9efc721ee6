import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/index.js';
import { isTested, launch, openPage } from './chromium.js';
import { largeRun } from './largeRun.js';

const largest = 10_000_000;

let folder = '';
let index = '';
let browser: Browser | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-large-'));
  const { results, descriptors } = largeRun(200, 60, 6);
  const started = performance.now();
  ({ index } = await writeReport(results, folder, descriptors));
  process.stderr.write(
    `report of 200 hospitals × 60 metrics × 6 seeds (${results.rows.length} rows): written in ${((performance.now() - started) / 1000).toFixed(1)} s, ${((await stat(index)).size / 1e6).toFixed(2)} MB\n`,
  );
  browser = await launch();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  if (folder !== '') await rm(folder, { recursive: true });
});

describe('a report of 200 hospitals × 60 metrics × 6 seeds', () => {
  it('is smaller than 10 MB', async () => {
    expect((await stat(index)).size).toBeLessThan(largest);
  });

  it.skipIf(!isTested)('opens, sorts, filters and draws; the time is told, not judged', async () => {
    const { page, trouble } = await openPage(browser!, index, { viewport: { width: 1280, height: 900 } });
    const opened: number = await page
      .locator('html')
      .evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd");
    const elements: number = await page.locator('html').evaluate("document.querySelectorAll('*').length");
    process.stderr.write(`opened after ${(opened / 1000).toFixed(2)} s with ${elements} elements\n`);
    expect(elements).toBeLessThan(40_000);
    const patients = page.locator('#hospitals table').first();
    await page.locator('#hospitals .tools input').first().fill('H17');
    expect(await patients.locator('tbody tr:not([hidden])').count()).toBe(10);
    await patients.locator('thead button').nth(1).click();
    const figure = page.locator('[data-figure="hospitals"]');
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('[data-drawn]')).waitFor();
    expect(await figure.locator('svg .mark-rect path').count()).toBeGreaterThan(200 * 10);
    expect(await page.locator('html').evaluate('document.documentElement.scrollWidth')).toBe(1280);
    expect(trouble).toEqual([]);
    await page.close();
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLeaderboard } from '../../src/report/index.js';
import { seriousFindings } from './accessibility.js';
import { drawAll, isTested, launch, openPage, tooWide, type Opened } from './chromium.js';
import { descriptors } from './fixture.js';
import { hostileNames } from './hostileNames.js';
import { inkShare } from './pixels.js';
import { threeRuns } from './runs.js';

let browser: Browser | undefined;
let folder = '';
beforeAll(async () => {
  browser = await launch();
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-leaderboard-'));
  await writeLeaderboard(threeRuns(), path.join(folder, 'plain'), descriptors);
  const attacked = threeRuns(hostileNames).map(({ results }, index) => ({
    name: `${index} <img src=x onerror="window.hacked=1">`,
    results,
  }));
  await writeLeaderboard(attacked, path.join(folder, 'hostile', 'page'), descriptors);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const open = (name: string, options: Parameters<Browser['newPage']>[0]): Promise<Opened> =>
  openPage(browser!, path.join(folder, name, 'index.html'), options);

const column = (page: Page, name: 'value' | 'worst', index: number): Promise<number[]> =>
  page
    .locator('table.ranked')
    .first()
    .locator(`tbody tr:not([hidden]) > :nth-child(${index})`)
    .evaluateAll(
      (cells: { dataset: Record<string, string> }[], key: string) =>
        cells.map((cell) => Number(cell.dataset[key] || 'NaN')),
      name,
    );

describe('files of the leaderboard', () => {
  it('have names of their own, whatever the runs are called', async () => {
    expect(await readdir(path.join(folder, 'hostile'))).toEqual(['page']);
    expect((await readdir(path.join(folder, 'hostile', 'page'))).sort()).toEqual(['figures', 'index.html']);
    for (const file of await readdir(path.join(folder, 'hostile', 'page', 'figures')))
      expect(file).toMatch(/^scores-\d\.(?:vl\.json|svg|png)$/u);
  });
});

describe.skipIf(!isTested)('the leaderboard in a browser', () => {
  it.each(['light', 'dark'] as const)(
    'draws, asks for nothing, and has no serious finding of axe-core: %s',
    async (colorScheme) => {
      const { page, trouble } = await open('plain', { colorScheme, viewport: { width: 1280, height: 900 } });
      await drawAll(page);
      for (const figure of await page.locator('[data-figure] .canvas').all())
        expect(inkShare(await figure.screenshot())).toBeGreaterThan(0.01);
      expect(await seriousFindings(page)).toEqual([]);
      expect(trouble).toEqual([]);
      await page.close();
    },
  );

  it('sorts by the pooled value, and by the worst hospital when asked', async () => {
    const { page } = await open('plain', {});
    const table = page.locator('table.ranked').first();
    await table.locator('thead th').nth(3).locator('button').click();
    const pooled = await column(page, 'value', 4);
    expect(pooled).toEqual([...pooled].sort((a, b) => a - b));
    await page.locator('.tools select').first().selectOption('worst');
    const worst = (await column(page, 'worst', 4)).filter((value) => !Number.isNaN(value));
    expect(worst.length).toBeGreaterThan(5);
    expect(worst).toEqual([...worst].sort((a, b) => a - b));
    await page.close();
  });

  it('filters by words, says how many rows are left, and copies those', async () => {
    const { page } = await open('plain', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('.tools input').first().fill('second FED');
    expect(await page.locator('.tools [role=status]').first().innerText()).toBe('2 of 11 rows');
    await page.locator('.tools button[data-form=Markdown]').first().click();
    const copied = (): Promise<string> => page.locator('html').evaluate('navigator.clipboard.readText()');
    await expect.poll(copied).toContain('| fedehr-gen | second |');
    expect((await copied()).trim().split('\n')).toHaveLength(4);
    await page.locator('.tools input').first().fill('');
    expect(await page.locator('table.ranked').first().locator('tbody tr:not([hidden])').count()).toBe(11);
    await page.close();
  });

  it.each([390, 1000])(
    'executes nothing from hostile names and keeps its layout at %i pixels',
    async (width) => {
      const { page, trouble } = await open('hostile/page', { viewport: { width, height: 800 } });
      await drawAll(page);
      await page.locator('.tools input').first().fill('<img');
      expect(await page.locator('html').evaluate('window.hacked')).toBeUndefined();
      expect(await tooWide(page)).toEqual([]);
      expect(await page.locator('html').evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.locator('img').count()).toBe(0);
      expect(trouble).toEqual([]);
      await page.close();
    },
  );
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figureTable } from '../../src/report/figures/table.js';
import { writeReport } from '../../src/report/index.js';
import { seriousFindings } from './accessibility.js';
import { drawAll, isTested, launch, openPage, type Opened } from './chromium.js';
import { descriptors, fixture, plainNames, type FixtureNames } from './fixture.js';
import { hostileNames } from './hostileNames.js';
import { inkShare } from './pixels.js';

let browser: Browser | undefined;
let folder = '';

beforeAll(async () => {
  browser = await launch();
  if (browser === undefined) return;
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-browser-'));
  for (const [name, names] of [
    ['plain', plainNames],
    ['hostile', hostileNames],
  ] as const) {
    await writeReport(fixture(names), path.join(folder, name), descriptors);
  }
});
afterAll(async () => {
  await browser?.close();
  if (folder !== '') await rm(folder, { recursive: true });
});

const open = (names: FixtureNames, options: Parameters<Browser['newPage']>[0]): Promise<Opened> =>
  openPage(browser!, path.join(folder, names === hostileNames ? 'hostile' : 'plain', 'index.html'), options);

describe.skipIf(!isTested)('the page in a browser', () => {
  it('draws every figure from disk without an error or a request', async () => {
    const { page, trouble } = await open(plainNames, { viewport: { width: 1280, height: 900 } });
    await drawAll(page);
    const marks = await page
      .locator('[data-figure]')
      .evaluateAll((nodes: { querySelectorAll(selector: string): { length: number } }[]) =>
        nodes.map(
          (node) =>
            node.querySelectorAll('svg .mark-symbol path, svg .mark-rect path, svg .mark-line path').length,
        ),
      );
    expect(marks).toHaveLength(figureTable.length);
    for (const count of marks) expect(count).toBeGreaterThan(3);
    expect(await page.locator('[data-figure] svg[aria-label]').count()).toBe(figureTable.length);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('has ink in every figure, in the light and in the dark theme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(plainNames, { colorScheme, viewport: { width: 1280, height: 900 } });
      await drawAll(page);
      for (const figure of await page.locator('[data-figure] .canvas').all()) {
        const ink = inkShare(await figure.screenshot());
        expect(ink, `${colorScheme} ${(await figure.getAttribute('aria-label'))!}`).toBeGreaterThan(0.01);
      }
      await page.close();
    }
  });

  it.each(['light', 'dark'] as const)('has no serious finding of axe-core: %s', async (colorScheme) => {
    const { page, trouble } = await open(plainNames, { colorScheme, viewport: { width: 1280, height: 900 } });
    await drawAll(page);
    expect(await seriousFindings(page)).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('opens the closed definition that a number links to', async () => {
    const { page } = await open(plainNames, {});
    const definition = page.locator('#metric-marginal-ks');
    expect(await definition.isVisible()).toBe(false);
    await page.locator('#summary td a.value').first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => definition.isVisible()).toBe(true);
    await page.close();
  });

  it('sorts the summary table with the keyboard, and back', async () => {
    const { page } = await open(plainNames, {});
    const column = async (): Promise<number[]> =>
      (
        await page
          .locator('table.summary tbody tr td:nth-child(2)')
          .evaluateAll((cells: { dataset: Record<string, string> }[]) =>
            cells.map((cell) => cell.dataset['value']!),
          )
      ).map(Number);
    const heading = page.locator('table.summary thead th').nth(1);
    await heading.locator('button').focus();
    await page.keyboard.press('Enter');
    const ascending = await column();
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Enter');
    expect(await column()).toEqual(ascending.reverse());
    await page.close();
  });

  it('redraws for another feature and another hospital', async () => {
    const { page, trouble } = await open(plainNames, {});
    const figure = page.locator('[data-figure="quantiles"]');
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('[data-drawn]')).waitFor();
    const before = await figure.locator('svg').innerHTML();
    await figure.locator('select').first().selectOption('SBP (mmHg)');
    await figure.locator('select').nth(1).selectOption('B');
    await expect.poll(() => figure.locator('svg').innerHTML()).not.toBe(before);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('shows a tooltip made of text', async () => {
    const { page } = await open(plainNames, { viewport: { width: 1280, height: 900 } });
    const figure = page.locator('[data-figure="hospitals"]');
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('[data-drawn]')).waitFor();
    await figure.locator('svg .child_layer_0_marks path').first().hover({ force: true });
    await page.locator('#tip:not([hidden])').waitFor();
    expect(await page.locator('#tip').innerText()).toContain('generator');
    await page.close();
  });

  it('is dark when the system is, and the button overrides it', async () => {
    const { page } = await open(plainNames, { colorScheme: 'dark' });
    const paper = (): Promise<string> =>
      page.locator('body').evaluate('getComputedStyle(document.body).backgroundColor');
    const figure = page.locator('[data-figure="scores"]');
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('[data-drawn]')).waitFor();
    const label = (): Promise<string> =>
      page
        .locator('body')
        .evaluate(
          `getComputedStyle(document.querySelector('[data-figure="scores"] svg .role-axis-label text')).fill`,
        );
    expect(await paper()).toBe('rgb(20, 24, 29)');
    expect(await label()).toBe('rgb(163, 172, 184)');
    await page.locator('#theme').click();
    expect(await page.locator('#theme').innerText()).toBe('Theme: light');
    expect(await paper()).toBe('rgb(255, 255, 255)');
    expect(await label()).toBe('rgb(91, 100, 112)');
    await page.close();
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    const { page, trouble } = await open(plainNames, { viewport: { width: 390, height: 844 } });
    await drawAll(page);
    expect(await page.locator('html').evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('executes nothing from hostile names and keeps its layout', async () => {
    const { page, trouble } = await open(hostileNames, {
      viewport: { width: 1000, height: 900 },
    });
    await drawAll(page);
    await page
      .locator('[data-figure="hospitals"] svg .child_layer_0_marks path')
      .first()
      .hover({ force: true });
    expect(await page.locator('html').evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('html').evaluate('document.documentElement.scrollWidth')).toBe(1000);
    expect(await page.locator('img').count()).toBe(0);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('copies a table as it stands, as Markdown and as LaTeX', async () => {
    const { page } = await open(plainNames, { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = async (form: string): Promise<string> => {
      const button = page.locator(`#summary button[data-form="${form}"]`);
      await button.click();
      await expect.poll(() => button.innerText()).toBe('Copied');
      return page.locator('html').evaluate('navigator.clipboard.readText()');
    };
    await page.locator('#summary table thead th button').nth(1).click();
    const markdown = (await copied('Markdown')).trim().split('\n');
    expect(markdown[0]).toMatch(/^\| generator \| KS ↓ \|/u);
    expect(markdown).toHaveLength(2 + 6 + 2);
    expect(markdown[2]).toMatch(/^\| (?:copy|holdout) reference \| 0\.0\d\d ± 0\.0\d\d \|/u);
    const latex = await copied('LaTeX');
    expect(latex).toContain('generator & KS $\\downarrow$ &');
    expect(latex).toMatch(/\n(?:copy|holdout) reference & 0\.0\d\d \$\\pm\$ 0\.0\d\d &/u);
    await page.close();
  });

  it('prints every figure in the light theme, also those never scrolled to', async () => {
    const { page, trouble } = await open(plainNames, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.locator('html').evaluate('window.dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('[data-figure] svg').count()).toBe(figureTable.length);
    expect(await page.locator('body').evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect(trouble).toEqual([]);
    await page.close();
  });
});

import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const missing = `no browser at ${executablePath}: install the Debian package chromium, or set CHROMIUM to a Chromium executable`;
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) process.stderr.write(`the report is not tested in a browser: ${missing}\n`);

/** A developer without Chromium is told what was not tested; continuous integration must have it. */
export const isTested = hasBrowser || process.env['CI'] !== undefined;

/** Undefined where the browser is missing and that is allowed. */
export async function launch(): Promise<Browser | undefined> {
  if (!isTested) return undefined;
  if (!hasBrowser) throw new Error(missing);
  return chromium.launch({ executablePath, args });
}

export interface Opened {
  readonly page: Page;
  /** Console errors, page errors and requests that leave the file. */
  readonly trouble: string[];
}

/** Opens a page from disk and notes whatever it complains about. */
export async function openPage(
  browser: Browser,
  index: string,
  options: Parameters<Browser['newPage']>[0],
): Promise<Opened> {
  const page = await browser.newPage(options);
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(index).href) trouble.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.goto(pathToFileURL(index).href);
  return { page, trouble };
}

/** Scrolls through the page until every figure is drawn. */
export async function drawAll(page: Page): Promise<void> {
  for (const figure of await page.locator('[data-figure]').all()) {
    await figure.evaluate((node: { scrollIntoView(): void }) => node.scrollIntoView());
    await figure.and(page.locator('[data-drawn]')).waitFor();
  }
}

/** Elements that stick out of the window without a part around them that scrolls. */
export async function tooWide(page: Page): Promise<readonly string[]> {
  return page.locator('html').evaluate(`
    [...document.querySelectorAll('body *')]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
      .filter((node) => !node.closest('.scroll, .canvas, nav > div, pre'))
      .slice(0, 5)
      .map((node) => node.tagName + '.' + (node.getAttribute('class') ?? '') + ' ' + Math.round(node.getBoundingClientRect().right) + ': ' + (node.textContent ?? '').slice(0, 60))
  `);
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/index.js';
import { displayName, distinctNames } from '../../src/report/names.js';
import { descriptors, fixture } from './fixture.js';
import { hostileNames } from './hostileNames.js';

let parent = '';
beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'fedehr-hostile-'));
  await writeReport(fixture(hostileNames), path.join(parent, 'run', 'report'), descriptors);
});
afterAll(async () => {
  await rm(parent, { recursive: true });
});

describe('hostile names', () => {
  it('choose no file name', async () => {
    expect(await readdir(parent)).toEqual(['run']);
    expect(await readdir(path.join(parent, 'run'))).toEqual(['report']);
    expect((await readdir(path.join(parent, 'run', 'report'))).sort()).toEqual(['figures', 'index.html']);
    for (const file of await readdir(path.join(parent, 'run', 'report', 'figures')))
      expect(file).toMatch(/^[a-z-]+\.(?:vl\.json|svg|png)$/u);
  });

  it('become no markup in the page or in an SVG', async () => {
    const page = await readFile(path.join(parent, 'run', 'report', 'index.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script>window');
    expect(page.match(/<script/gu)).toHaveLength(4);
    const figures = path.join(parent, 'run', 'report', 'figures');
    for (const file of await readdir(figures)) {
      if (!file.endsWith('.svg')) continue;
      const svg = await readFile(path.join(figures, file), 'utf8');
      expect(svg, file).not.toMatch(/<(?:img|script|a |foreignObject)/u);
    }
  });

  it('are shortened to one line and stay distinct', () => {
    const names = distinctNames(hostileNames.features);
    expect(new Set(names.values()).size).toBe(hostileNames.features.length);
    for (const name of names.values()) expect(Array.from(name).length).toBeLessThanOrEqual(53);
    expect(displayName('a\u202Eb\u0007\nc')).toBe('a b c');
    expect(displayName('  ')).toBe('(unnamed)');
  });
});

describe('the page', () => {
  it('gives equal bytes for equal results', async () => {
    const other = path.join(parent, 'run', 'again');
    await writeReport(fixture(hostileNames), other, descriptors);
    for (const file of ['index.html', 'figures/scores.svg', 'figures/quantiles.vl.json']) {
      expect(await readFile(path.join(other, file), 'utf8')).toBe(
        await readFile(path.join(parent, 'run', 'report', file), 'utf8'),
      );
    }
    await rm(other, { recursive: true });
  });

  it('forbids everything but its own scripts and style', async () => {
    const page = await readFile(path.join(parent, 'run', 'report', 'index.html'), 'utf8');
    const policy = /Content-Security-Policy" content="(?<policy>[^"]*)"/u.exec(page)!.groups!['policy']!;
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toMatch(/unsafe|https?:|\*/u);
    expect(page).not.toMatch(/<(?:link|iframe|object|embed|base)\b/u);
    const tags = page.slice(0, page.indexOf('<script')).match(/<[a-z][^>]*>/gu)!;
    expect(tags.length).toBeGreaterThan(500);
    const attributes = tags.map((tag) => tag.replace(/"[^"]*"/gu, '""'));
    for (const tag of attributes) expect(tag).not.toMatch(/\s(?:src|srcset|action|poster|style|on[a-z]+)=/u);
    const ids = [...page.slice(0, page.indexOf('<script')).matchAll(/ id="([^"]*)"/gu)].map(
      (match) => match[1],
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/gu)) expect(ids).toContain(target);
  });
});

import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../../src/datasets/describe/drawSvg.js';
import { withProvenance } from '../../src/report/figureProvenance.js';
import { toPng } from '../../src/report/raster.js';
import { figureTable } from '../../src/report/figures/table.js';
import { methodSection } from '../../src/report/page/methodSection.js';
import { reportModel } from '../../src/report/model.js';
import { descriptors, fixture } from './fixture.js';

const require = createRequire(import.meta.url);
const schema = require('vega-lite/vega-lite-schema.json') as Record<string, unknown>;
const validate = new Ajv({ unknownFormats: 'ignore', allErrors: false, logger: false }).compile(schema);

/** Every axis of a specification with what it shows. */
function axesOf(node: unknown): { title: unknown; type: unknown }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.entries(node)
    .filter(([key]) => key === 'x' || key === 'y')
    .map(([, channel]) => channel as { axis?: { title?: unknown }; type?: unknown })
    .filter(({ axis }) => axis !== undefined)
    .map(({ axis, type }) => ({ title: axis!.title, type }));
  return [...own, ...Object.entries(node).flatMap(([key, part]) => (key === 'data' ? [] : axesOf(part)))];
}

const results = fixture();
const model = reportModel(results, descriptors);

describe.each(figureTable.map((source) => [source.id, source] as const))('figure %s', (id, source) => {
  const figure = source.draw(model)!;

  it('has a title, an alternative text, its own id, and says n and uncertainty', () => {
    expect(figure.n).toMatch(/\d/u);
    expect(figure.n).toMatch(/patients|stays|seeds|rounds/u);
    expect(figure.uncertainty.length).toBeGreaterThan(20);
    expect(figure.id).toBe(id);
    expect(figure.title).not.toBe('');
    expect(figure.description.length).toBeGreaterThan(80);
  });

  it('validates against the Vega-Lite schema, as a file and as shown in the page', () => {
    for (const spec of [withProvenance(figure.spec, figure, results.manifest), figure.page ?? figure.spec]) {
      validate(JSON.parse(JSON.stringify(spec)));
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  it('compiles to SVG without a warning and carries its provenance', async () => {
    const spec = withProvenance(figure.spec, figure, results.manifest);
    const svg = await drawSvg(spec);
    expect(svg).toMatch(/^<svg /u);
    expect(svg).not.toMatch(/NaN|Infinity/u);
    expect(svg.length).toBeGreaterThan(5000);
    expect(JSON.stringify(spec.usermeta)).toContain('"suite":"quick"');
    expect(spec.usermeta).toMatchObject({ fedehr: { n: figure.n, uncertainty: figure.uncertainty } });
    await expect(drawSvg(figure.page ?? figure.spec)).resolves.toContain('<svg');
  });

  it('becomes a PNG with ink on white', async () => {
    const png = toPng(await drawSvg(withProvenance(figure.spec, figure, results.manifest)));
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(png.length).toBeGreaterThan(10_000);
  });

  it('titles every axis of numbers, unless the panel’s own title is the metric', () => {
    const axes = axesOf(figure.page ?? figure.spec).filter(({ type }) => type === 'quantitative');
    for (const { title } of axes) {
      if (id === 'scores') expect(title).toBeNull();
      else expect(title).toMatch(/\w/u);
    }
    if (!['correlations', 'hospitals'].includes(id)) expect(axes.length).toBeGreaterThan(0);
  });

  it('is null, not an error, when the run has nothing to draw', () => {
    expect(
      source.draw(reportModel({ ...results, rows: [], figures: [], training: [] }, descriptors)),
    ).toBeNull();
    expect(source.absent).not.toBe('');
  });

  it('is a pure function of the results', () => {
    expect(JSON.stringify(source.draw(reportModel(fixture(), descriptors)))).toBe(JSON.stringify(figure));
  });
});

describe('figure data', () => {
  it('puts a score between what fresh patients and independent columns reach', () => {
    const spec = JSON.stringify(figureTable.find((source) => source.id === 'scores')!.draw(model)!.spec);
    expect(spec).toContain('"generator":"marginals"');
    expect(spec).toContain('"bad":0.55');
    expect(spec).toContain('"good":0.05');
  });

  it('leaves out features whose quantiles are withheld', () => {
    const spec = JSON.stringify(figureTable.find((source) => source.id === 'quantiles')!.draw(model)!.spec);
    expect(spec).toContain('HR (bpm)');
    expect(spec).not.toContain('Lactate');
  });

  it('gives the same bytes when it is drawn again in one process', async () => {
    const { spec } = figureTable.find((source) => source.id === 'correlations')!.draw(model)!;
    const svg = await drawSvg(spec);
    expect(svg).toContain('url(#definition0)');
    expect(await drawSvg(spec)).toBe(svg);
  });

  it('draws curves of the twelve largest hospitals only, and says so', () => {
    const dataset = results.manifest.datasets[0]!;
    const hospitals = Array.from({ length: 40 }, (_, index) => ({
      id: `H${index}`,
      train: 100 + index,
      holdout: 50,
      reference: 50,
    }));
    const large = reportModel(
      { ...results, manifest: { ...results.manifest, datasets: [{ ...dataset, hospitals }] } },
      descriptors,
    );
    expect(large.profilePlaces.map((place) => place.site).sort()).toEqual(
      ['pooled', ...hospitals.slice(-12).map((hospital) => hospital.id)].sort(),
    );
    expect(methodSection(large).text).toContain('largest hospitals only');
    expect(methodSection(model).text).not.toContain('largest hospitals only');
  });

  it('keeps the colour of a generator in every figure', () => {
    const colours = figureTable.flatMap((source) => {
      const spec = JSON.stringify(source.draw(model)!.spec);
      return [...spec.matchAll(/"domain":(\["[^\]]*"\]),"range":(\["#[^\]]*"\])/gu)].flatMap((match) => {
        const domain = JSON.parse(match[1]!) as string[];
        const range = JSON.parse(match[2]!) as string[];
        return domain.includes('centralized') ? [range[domain.indexOf('centralized')]!] : [];
      });
    });
    expect(colours.length).toBeGreaterThan(4);
    expect(new Set(colours).size).toBe(1);
  });
});

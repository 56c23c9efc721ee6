import type { MetricDescriptor } from './contract.js';

function scoredWith({ variants, pooledOnly }: MetricDescriptor): string {
  const presets = Object.entries(variants).map(
    ([preset, sets]) =>
      `${preset} ${sets.map((parameters) => `\`${JSON.stringify(parameters)}\``).join(', ')}`,
  );
  return presets.join('; ') + (pooledOnly === true ? '; pooled only' : '');
}

function direction({ direction: way, ideal }: MetricDescriptor): string {
  if (way === 'target') return `nearest to ${ideal ?? '?'} is best`;
  return `${way} is better${ideal === null ? '' : `, best ${ideal}`}`;
}

function range({ range: [low, high] }: MetricDescriptor): string {
  return `${low === null ? '−∞' : low} … ${high === null ? '∞' : high}`;
}

function threatModelLine({ threatModel }: MetricDescriptor): readonly string[] {
  if (threatModel === undefined) return [];
  const { knowledge, access, goal } = threatModel;
  return [`- Threat model: knows ${knowledge}; access ${access}; goal ${goal}`];
}

/** The catalogue of metrics as Markdown: one table to find a metric, one section to define it. */
export function metricCatalogue(descriptors: readonly MetricDescriptor[]): string {
  const anchor = (id: string): string => id.replaceAll(/[^a-z0-9_-]/g, '');
  const families = [...new Set(descriptors.map(({ family }) => family))];
  const lines = [
    '# Metric catalogue',
    '',
    'Generated from the descriptors in `src/metrics/`; a test keeps both equal. R is the real train part (members), H the real holdout',
    '(non-members), E the reference part (fresh real patients), S the synthetic cohort. Floor, ceiling, intervals and the equal-n rule are',
    'explained in [scoring.md](scoring.md).',
    '',
    '| metric | what it tells | direction |',
    '|---|---|---|',
    ...descriptors.map(
      (one) => `| [\`${one.id}\`](#${anchor(one.id)}) | ${one.explanation} | ${direction(one)} |`,
    ),
  ];
  for (const family of families) {
    lines.push('', `## ${family}`);
    for (const one of descriptors.filter((candidate) => candidate.family === family)) {
      lines.push(
        '',
        `### ${one.id}`,
        '',
        `**${one.title}**, version ${one.version}. ${one.explanation}`,
        '',
        `- Definition: ${one.definition}`,
        `- Source: ${one.source}`,
        ...(one.misuse === undefined ? [] : [`- Misuse: ${one.misuse}`]),
        ...threatModelLine(one),
        `- Direction: ${direction(one)}; range ${range(one)}`,
        `- Needs: ${one.needs.join(', ')}`,
        `- Undefined: ${one.undefinedWhen}`,
        `- Presets: ${scoredWith(one)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

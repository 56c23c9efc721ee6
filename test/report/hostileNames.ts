import type { FixtureNames } from './fixture.js';

const attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

/** Names that try to be markup, expressions, paths, formulae, and very long. */
export const hostileNames: FixtureNames = {
  dataset: `</script>${attack}`,
  hospitals: [`../../../escape${attack}`, '‮🏥 \u0000C:\\windows\\system32'],
  features: [
    `${attack}HR`,
    'a'.repeat(10_000),
    'a'.repeat(10_000).concat('b'),
    "'; datum['x'] = 1; //",
    '=HYPERLINK("http://x")',
    '{{7*7}}',
    '\\input{x}',
    '|md|*x*',
    '🫀'.repeat(300),
    '#0072B3',
    '__proto__',
    'constructor',
  ],
  trainers: [`fedehr-gen"><script>window.hacked=1</script>`, '../centralized', 'x'.repeat(10_000)],
  variant: '"onmouseover="window.hacked=1',
};

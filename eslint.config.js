import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The flow of data: a folder may import from folders before it and from the two foundations, never back. */
const flow = [
  'cohort',
  'datasets',
  'models',
  'federation',
  'trainers',
  'metrics',
  'selftest',
  'suite',
  'run',
  'compare',
  'report',
  'check',
  'cli',
];
const foundations = ['engine', 'stats'];

const zones = [
  ...flow.map((folder, position) => ({
    target: `./src/${folder}`,
    from: flow.slice(position + 1).map((later) => `./src/${later}`),
    message: `${folder}/ comes earlier in the flow of data: it may import only ${[...flow.slice(0, position), ...foundations].join(', ')}.`,
  })),
  ...foundations.flatMap((folder, position) =>
    [...flow, ...foundations.slice(position + 1)].map((other) => ({
      target: `./src/${folder}`,
      from: [`./src/${other}`],
      // How wrong input is told is the same everywhere, foundations included.
      ...(other === 'cohort' ? { except: ['./inputError.ts', './nearestName.ts'] } : {}),
      message: `${folder}/ is a foundation: it imports nothing that is built on it.`,
    })),
  ),
].filter((zone) => zone.from.length > 0);

export default tseslint.config(
  { ignores: ['dist/**', 'runs/**', 'coverage/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { typescript: true } },
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Pass a seeded random generator in.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Typed arrays are read inside bounds that the loop states; `!` there costs nothing and says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);

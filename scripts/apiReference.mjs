// Writes docs/api.md, the reference of what the package exports, from the docstrings of src/index.ts and what it names.
//
//   node scripts/apiReference.mjs            writes docs/api.md
//   node scripts/apiReference.mjs --check    exits 1 when docs/api.md is not what the sources say
//   node scripts/apiReference.mjs --print    prints it
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(root, 'docs', 'api.md');
const entry = path.join(root, 'src', 'index.ts');

const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();
const index = program.getSourceFile(entry);
const undocumented = [];

/** Text of a docstring with its tags, as Markdown. */
function documentation(symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const tags = symbol.getJsDocTags(checker).map(({ name, text: parts }) => {
    const words = ts.displayPartsToString(parts).replaceAll('\n', ' ').trim();
    if (name !== 'param') return `- ${name}: ${words}`;
    const [parameter, ...rest] = words.split(/\s+/u);
    return `- \`${parameter}\`: ${rest.join(' ').replace(/^-\s*/u, '')}`;
  });
  return [text, tags.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** The declaration without its body, as a reader of the types needs it. */
function declaration(node) {
  if (ts.isFunctionDeclaration(node)) {
    const generics = node.typeParameters?.map((one) => one.getText()).join(', ');
    const parameters = node.parameters.map((one) => one.getText()).join(', ');
    return `function ${node.name.text}${generics === undefined ? '' : `<${generics}>`}(${parameters}): ${node.type?.getText() ?? 'void'}`;
  }
  if (ts.isVariableDeclaration(node))
    return `const ${node.name.getText()}: ${node.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(node))}`;
  if (ts.isClassDeclaration(node)) {
    const heritage = node.heritageClauses?.map((one) => ` ${one.getText()}`).join('') ?? '';
    const members = node.members
      .filter((one) => !ts.isMethodDeclaration(one))
      .map((one) =>
        ts.isConstructorDeclaration(one)
          ? `  constructor(${one.parameters.map((parameter) => parameter.getText()).join(', ')});`
          : `  ${one.getText()}`,
      );
    return `class ${node.name.text}${heritage} {\n${members.join('\n')}\n}`;
  }
  return node.getText().replace(/^export /u, '');
}

function kindOf(node) {
  if (ts.isFunctionDeclaration(node)) return 'Functions';
  if (ts.isClassDeclaration(node)) return 'Classes';
  return ts.isVariableDeclaration(node) ? 'Constants' : 'Types';
}

const entries = checker
  .getExportsOfModule(checker.getSymbolAtLocation(index))
  .map((exported) => {
    const symbol =
      (exported.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(exported) : exported;
    const node = symbol.declarations[0];
    const about = documentation(symbol);
    if (about === '') undocumented.push(exported.name);
    const file = path.relative(root, node.getSourceFile().fileName).replaceAll(path.sep, '/');
    return { name: exported.name, kind: kindOf(node), about, file, code: declaration(node) };
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));
if (undocumented.length > 0) throw new Error(`without a docstring: ${undocumented.join(', ')}`);

const [opening] = ts.getJSDocCommentsAndTags(index.statements[0]);
const sections = ['Functions', 'Constants', 'Classes', 'Types'].flatMap((kind) => [
  `## ${kind}`,
  ...entries
    .filter((one) => one.kind === kind)
    .map(
      ({ name, about, file, code }) =>
        `### ${name}\n\n${about}\n\n<!-- signature -->\n\n\`\`\`ts\n${code}\n\`\`\`\n\nFrom [\`${file}\`](../${file}).`,
    ),
]);
const page = `${[
  '# Programming interface',
  'Generated from the docstrings by `npm run docs:api`; a test keeps both equal. The package is ESM with types: `import { readCohort } from "fedehr-bench"`.',
  ts.getTextOfJSDocComment(opening?.comment) ?? '',
  'Commands and file formats are in [contracts.md](contracts.md), examples in [CONTRIBUTING.md](../CONTRIBUTING.md).',
  ...sections,
].join('\n\n')}\n`;

if (process.argv.includes('--print')) process.stdout.write(page);
else if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== page) {
    console.error('docs/api.md is not what the docstrings say: npm run docs:api');
    process.exitCode = 1;
  }
} else writeFileSync(target, page);

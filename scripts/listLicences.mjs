// Lists every package that an installation brings (the production tree of package-lock.json) with version and licence.
//
//   node scripts/listLicences.mjs            all packages
//   node scripts/listLicences.mjs --direct   those that package.json names, with the reason from docs/design.md
//
// Exits 1 when a licence is not permissive, when none is stated, or when a direct dependency has no reason in docs/design.md.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file) => readFileSync(path.join(root, file), 'utf8');

const { packages } = JSON.parse(read('package-lock.json'));
const nameOf = (where) => where.split('node_modules/').at(-1);

const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Other licences that were looked at and taken, by the package that package.json names, with the reason. */
const ACCEPTED = {
  '@resvg/resvg-js':
    'MPL-2.0: copyleft of single files; used unmodified as a package of its own, which leaves the licence of this code alone',
};

/** An SPDX expression of AND and OR of which enough parts are permissive. */
function isPermissive(expression) {
  const bare = expression.replaceAll(/[()]/gu, '');
  return bare.split(' OR ').some((any) => any.split(' AND ').every((one) => PERMISSIVE.has(one.trim())));
}

function licenceOf(where, entry) {
  if (typeof entry.license === 'string') return entry.license;
  const file = path.join(root, where, 'package.json');
  const { license, licenses } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  if (typeof license === 'string') return license;
  if (typeof license?.type === 'string') return license.type;
  if (licenses !== undefined) return licenses.map(({ type }) => type).join(' OR ');
  // Builds for other platforms state theirs in the package that chooses among them.
  const name = nameOf(where);
  const chooser = Object.entries(packages).find(
    ([, { optionalDependencies: builds }]) => builds?.[name] !== undefined && name.startsWith('@'),
  );
  return entry.os === undefined || chooser === undefined ? undefined : licenceOf(...chooser);
}

function acceptedFor(name) {
  return Object.keys(ACCEPTED).find((one) => name === one || name.startsWith(`${one}-`));
}

const { dependencies, optionalDependencies } = JSON.parse(read('package.json'));
const direct = new Set(Object.keys({ ...dependencies, ...optionalDependencies }));
const table = read('docs/design.md').split('## Dependencies, and why')[1] ?? '';
const reasons = table.split('\n').filter((line) => line.startsWith('| '));

const found = Object.entries(packages)
  .filter(([where, entry]) => where !== '' && entry.dev !== true && entry.link !== true)
  .map(([where, entry]) => {
    const name = nameOf(where);
    return { name, version: entry.version, licence: licenceOf(where, entry), direct: direct.has(name) };
  })
  .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

/** Row of the table whose first cell names the package. */
function reasonOf(name) {
  const names = (line) => line.split('|')[1].replace('(optional)', '').split(',');
  return reasons
    .find((line) => names(line).some((one) => one.trim() === name))
    ?.split('|')[2]
    ?.trim();
}

const faults = [];
for (const { name, version, licence } of found) {
  if (licence === undefined) faults.push(`${name} ${version}: states no licence`);
  else if (!isPermissive(licence) && acceptedFor(name) === undefined)
    faults.push(`${name} ${version}: ${licence} is not permissive`);
}
for (const name of direct)
  if (reasonOf(name) === undefined) faults.push(`${name}: no reason in docs/design.md`);

if (process.argv.includes('--direct'))
  for (const { name, version, licence } of found.filter((one) => one.direct))
    console.log([name, version, licence, reasonOf(name)].join('\t'));
else for (const { name, version, licence } of found) console.log([name, version, licence].join('\t'));

const counts = new Map();
for (const { licence } of found) counts.set(licence, (counts.get(licence) ?? 0) + 1);
console.error([...counts].map(([licence, count]) => `${licence}: ${count}`).join(', '));
for (const [name, reason] of Object.entries(ACCEPTED)) console.error(`accepted ${name}: ${reason}`);
for (const fault of faults) console.error(`WRONG ${fault}`);
console.error(`${found.length} packages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

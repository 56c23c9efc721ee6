import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, platform, arch } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metrics } from '../metrics/index.js';
import type { Versions } from './plan.js';

const packageFile = new URL('../../package.json', import.meta.url);

interface PackageFile {
  readonly version: string;
}

/** Libraries whose version can change a number. */
const COMPUTING = [
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@duckdb/node-api',
  'ml-random-forest',
  'pure-rand',
  'vega',
  'vega-lite',
];

function packageJson(file: URL | string): PackageFile {
  return JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
}

/** Version of a dependency as installed, whatever range is asked for: the nearest node_modules above this file has it. */
function installedVersion(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(file)) return packageJson(file).version;
    if (dirname(folder) === folder) throw new Error(`the dependency ${name} is not installed`);
  }
}

/** Version of this product. */
export function productVersion(): string {
  return packageJson(packageFile).version;
}

/** Versions that decide the bytes of products. */
export function productVersions(): Versions {
  return {
    product: productVersion(),
    computing: { ...installedVersions(), platform: `${platform()}-${arch()}` },
    metrics: Object.fromEntries(metrics.map(({ descriptor }) => [descriptor.id, descriptor.version])),
  };
}

function installedVersions(): Record<string, string> {
  const node = process.versions.node.split('.')[0] ?? '';
  return { node, ...Object.fromEntries(COMPUTING.map((name) => [name, installedVersion(name)])) };
}

/** Versions for the manifest: product, Node and the libraries that numbers depend on. */
export function libraryVersions(): Record<string, string> {
  return { 'fedehr-bench': productVersion(), ...installedVersions(), node: process.versions.node };
}

/** The machine as the manifest describes it; no host or user name. */
export function machine(): { platform: string; processor: string; cores: number } {
  return {
    platform: `${platform()}-${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
}

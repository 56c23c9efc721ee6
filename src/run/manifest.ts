import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, platform, arch } from 'node:os';
import { metrics } from '../metrics/index.js';
import type { Versions } from './plan.js';

const packageFile = new URL('../../package.json', import.meta.url);

interface PackageFile {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

function packageJson(): PackageFile {
  return JSON.parse(readFileSync(packageFile, 'utf8')) as PackageFile;
}

/** Version of this product. */
export function productVersion(): string {
  return packageJson().version;
}

/** Versions that decide the bytes of products. */
export function productVersions(): Versions {
  return {
    product: productVersion(),
    metrics: Object.fromEntries(metrics.map(({ descriptor }) => [descriptor.id, descriptor.version])),
  };
}

/** Versions for the manifest: product, Node and the libraries that numbers depend on. */
export function libraryVersions(): Record<string, string> {
  const { version, dependencies } = packageJson();
  return { 'fedehr-bench': version, node: process.versions.node, ...dependencies };
}

/** The machine as the manifest describes it; no host or user name. */
export function machine(): { platform: string; processor: string; cores: number } {
  return {
    platform: `${platform()}-${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
}

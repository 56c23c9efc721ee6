import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InputError } from '../../cohort/inputError.js';
import { cacheFolder } from '../cacheFolder.js';

/** A store in a bucket, as its address says. */
export interface S3Location {
  readonly bucket: string;
  /** Begins the name of every object; '' or ends with a slash. */
  readonly prefix: string;
  /** Server that speaks S3; null = Amazon's of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Folder of this machine that keeps what was read and made. */
  readonly cache: string;
  /** Seconds without a byte after which a request is sent again. */
  readonly timeout: number;
}

const KEYS = ['endpoint', 'region', 'cache', 'timeout'];

function wrong(found: string): InputError {
  return new InputError({
    place: '--store',
    expected: 's3://bucket[/prefix][?endpoint=https://…&region=…&cache=DIR&timeout=SECONDS]',
    found,
    remedy: 'Credentials come from the environment (AWS_ACCESS_KEY_ID …) or ~/.aws, never from the address.',
  });
}

function chosen(options: URLSearchParams, key: string, ...variables: string[]): string | null {
  const given = [options.get(key), ...variables.map((name) => process.env[name] ?? null)];
  return given.find((value) => value !== null && value !== '') ?? null;
}

/** Whether a store's location means a bucket; all else is a folder. */
export const isS3 = (location: string): boolean => location.startsWith('s3:');

/** @throws InputError for an address that is none */
export function parseS3Location(text: string): S3Location {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('a text that is no address');
  }
  if (url.username !== '' || url.password !== '') throw wrong('credentials in the address');
  if (!/^[a-z0-9][a-z0-9.-]{1,62}$/.test(url.hostname)) throw wrong(`the bucket name '${url.hostname}'`);
  const names = decodeURIComponent(url.pathname)
    .split('/')
    .filter((name) => name !== '');
  if (names.some((name) => name === '.' || name === '..' || !/^[\w.=-]+$/.test(name)))
    throw wrong(`the prefix '${url.pathname}'`);
  const options = url.searchParams;
  const unknown = [...options.keys()].find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw wrong(`the unknown option '${unknown}'`);
  const endpoint = chosen(options, 'endpoint', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  if (endpoint !== null && !/^https?:\/\/[^@\s]+$/.test(endpoint))
    throw wrong('an endpoint that is no http address');
  const timeout = Number(options.get('timeout') ?? '60');
  if (!(timeout > 0 && timeout <= 3600)) throw wrong('a timeout that is no number of seconds');
  const prefix = names.map((name) => `${name}/`).join('');
  const place = createHash('sha256')
    .update([endpoint ?? '', url.hostname, prefix].join('\n'))
    .digest('hex')
    .slice(0, 16);
  return {
    bucket: url.hostname,
    prefix,
    endpoint,
    region: chosen(options, 'region', 'AWS_REGION', 'AWS_DEFAULT_REGION') ?? 'us-east-1',
    cache: resolve(chosen(options, 'cache', 'FEDEHR_STORE_CACHE') ?? join(cacheFolder(), `store-${place}`)),
    timeout,
  };
}
